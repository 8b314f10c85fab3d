import { buildBundle, PolicyCache, type ProjectText } from "@cordon/cedar";
import type { PolicyJson } from "@cordon/engine";
import { canonicalJson, type JsonValue } from "@cordon/engine/json";
import type { PolicySyntax } from "../syntax/index.js";
import { applyTo, type Mutation } from "./mutant.js";

/** A policy, and the changes of it to be judged. */
export interface Candidate {
  readonly syntax: PolicySyntax;
  readonly text: string;
  readonly mutation: Mutation;
}

export type Verdict =
  | { readonly kind: "valid"; readonly policy: PolicyJson }
  | { readonly kind: "invalid" | "equivalent" };

/**
 * Puts each changed policy through the official parser and strict validation, all at once. One that they refuse
 * would never be served, and one that they read as the same policy is no change.
 */
export function judgeCandidates(candidates: readonly Candidate[], schema: ProjectText["schema"]): Verdict[] {
  const cache = new PolicyCache();
  const policies = candidates.map(({ syntax, text, mutation }, index) => ({
    path: `${index}.cedar`,
    text: withoutAnnotations(applyTo(text, mutation), syntax, mutation),
  }));
  const project = (of: ProjectText["policies"]): ProjectText => ({
    policies: of,
    settings: {},
    ...(schema === undefined ? {} : { schema }),
  });
  const first = buildBundle(project(policies), cache);
  const refused = new Set(
    first.ok ? [] : first.diagnostics.filter(({ severity }) => severity === "error").map(({ file }) => file),
  );
  const good = first.ok
    ? first
    : buildBundle(project(policies.filter(({ path }) => !refused.has(path))), cache);
  if (!good.ok) return candidates.map(() => ({ kind: "invalid" }));
  const { staticPolicies, templates } = good.bundle.policies;
  return candidates.map(({ syntax }, index): Verdict => {
    const changed = staticPolicies[`${index}#0`] ?? templates[`${index}#0`];
    if (changed === undefined) return { kind: "invalid" };
    const { annotations } = syntax.policy;
    const policy = annotations === undefined ? changed : { ...changed, annotations };
    return same(policy, syntax.policy) ? { kind: "equivalent" } : { kind: "valid", policy };
  });
}

/** Annotations mean nothing to the parser, and `@id` would be there as often as a policy is changed. */
function withoutAnnotations(text: string, { annotations, effect }: PolicySyntax, { span }: Mutation): string {
  const end = annotations.at(-1)?.span.end ?? 0;
  return span.start >= Math.min(end, effect.start) ? text.slice(end) : text;
}

function same(a: PolicyJson, b: PolicyJson): boolean {
  return canonicalJson(a as unknown as JsonValue) === canonicalJson(b as unknown as JsonValue);
}
