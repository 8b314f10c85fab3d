import { type PolicySyntax, parsePolicySyntax } from "../syntax/index.js";
import { type Allowance, readAllowance } from "./allow.js";
import type { Finding } from "./finding.js";
import { reasonThrough } from "./reasoning/policy-reasoning.js";
import type { TypeWorld } from "./reasoning/type-world.js";
import { type Comparable, comparableOf } from "./rules/comparable.js";
import { errorFindings } from "./rules/errors.js";
import { reachFindings } from "./rules/reach.js";
import { outdatedFindings } from "./rules/syntax-age.js";
import { type Uses, usesOf } from "./rules/uses.js";

/** All that is known of one policy by its text and the schema alone, wherever it stands. */
export interface LintedPolicy {
  readonly text: string;
  readonly syntax: Pick<PolicySyntax, "policy" | "isTemplate" | "annotations" | "effect">;
  readonly uses: Uses;
  readonly allowance: Allowance;
  readonly findings: readonly Finding[];
  readonly comparable: Comparable;
}

/** Null for a text that isn't one policy that Cedar accepts. */
export function lintPolicy(text: string, world: TypeWorld): LintedPolicy | null {
  const syntax = parsePolicySyntax(text);
  if (syntax === null) return null;
  const reasoning = reasonThrough(syntax, world);
  const examined = { text, syntax, reasoning, world };
  const allowance = readAllowance(syntax.annotations);
  const findings = [
    ...allowance.findings,
    ...reachFindings(examined),
    ...errorFindings(examined),
    ...outdatedFindings(examined),
  ];
  // Of thousands of policies only that is kept which comparing them needs.
  const { policy, isTemplate, annotations, effect } = syntax;
  return {
    text,
    syntax: { policy, isTemplate, annotations, effect },
    uses: usesOf(examined),
    allowance,
    findings,
    comparable: comparableOf(examined),
  };
}
