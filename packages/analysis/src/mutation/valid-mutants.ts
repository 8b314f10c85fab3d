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
 * would never be served; one that they read as the same policy, or whose wider scope lets in only what it can
 * never apply to, is no change.
 */
export function judgeCandidates(candidates: readonly Candidate[], schema: ProjectText["schema"]): Verdict[] {
  const examined = examine(candidates, schema);
  const additions = candidates.flatMap((candidate, index) =>
    examined[index]?.policy === undefined ? [] : additionsOf(candidate),
  );
  const possible = new Set<Candidate>();
  for (const [index, { policy, isImpossible }] of examine(
    additions.map(({ alone }) => alone),
    schema,
  ).entries()) {
    const of = additions[index]?.of;
    if (of !== undefined && policy !== undefined && !isImpossible) possible.add(of);
  }
  return candidates.map((candidate, index): Verdict => {
    const policy = examined[index]?.policy;
    if (policy === undefined) return { kind: "invalid" };
    const means = candidate.mutation.added === undefined || possible.has(candidate);
    return means && !same(policy, candidate.syntax.policy)
      ? { kind: "valid", policy }
      : { kind: "equivalent" };
  });
}

/** The policy for each thing that a wider scope lets in, and for that alone. */
function additionsOf(of: Candidate): { of: Candidate; alone: Candidate }[] {
  return (of.mutation.added ?? []).map((text) => ({
    of,
    alone: { ...of, mutation: { ...of.mutation, text } },
  }));
}

interface Examined {
  /** Undefined where it is refused. */
  readonly policy?: PolicyJson;
  /** Whether validation finds that it can apply to nothing. */
  readonly isImpossible: boolean;
}

function examine(candidates: readonly Candidate[], schema: ProjectText["schema"]): Examined[] {
  const cache = new PolicyCache();
  const policies = candidates.map(({ syntax, text, mutation }, index) => ({
    path: `${index}.cedar`,
    text: withoutAnnotations(applyTo(text, mutation), syntax, mutation),
  }));
  const build = (of: ProjectText["policies"]) =>
    buildBundle({ policies: of, settings: {}, ...(schema === undefined ? {} : { schema }) }, cache);
  const first = build(policies);
  const refused = new Set(
    first.ok ? [] : first.diagnostics.filter(({ severity }) => severity === "error").map(({ file }) => file),
  );
  const good = first.ok ? first : build(policies.filter(({ path }) => !refused.has(path)));
  if (!good.ok) return candidates.map(() => ({ isImpossible: false }));
  const impossible = new Set(
    good.warnings.filter(({ code }) => code === "impossible_policy").map(({ file }) => file),
  );
  const { staticPolicies, templates } = good.bundle.policies;
  return candidates.map(({ syntax }, index): Examined => {
    const isImpossible = impossible.has(`${index}.cedar`);
    // A template that lost its slots couldn't be linked any more.
    const changed = (syntax.isTemplate ? templates : staticPolicies)[`${index}#0`];
    if (changed === undefined) return { isImpossible };
    const { annotations } = syntax.policy;
    return { isImpossible, policy: annotations === undefined ? changed : { ...changed, annotations } };
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
