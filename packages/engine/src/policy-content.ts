import type { Bundle, PolicyInfo, PolicySource } from "./bundle.js";
import { EngineError } from "./errors.js";
import { buildPolicies, type Template } from "./policy/build-policies.js";
import type { CompileCache } from "./policy/compile-cache.js";
import type { CompiledPolicy } from "./policy/compiled.js";
import { PolicyTable, PolicyVersion } from "./policy/policy-version.js";
import { jsonKind } from "./policy/reader.js";
import type { PolicyId, PolicySetJson } from "./policy/types.js";

/** A policy set as built, and what else is known of its policies. Never changes. */
export interface PolicyContent {
  /** Null where it is not what some bundle holds. */
  readonly bundleId: string | null;
  readonly policies: PolicyVersion;
  readonly templates: ReadonlyMap<PolicyId, Template>;
  readonly attributeNames: ReadonlySet<string>;
  /** Greater than any policy's. */
  readonly nextOrdinal: number;
  /** Where a static policy or a template was written. */
  sourceOf(id: PolicyId): PolicySource | undefined;
}

/** @throws EngineError for a malformed policy, with a JSON pointer into the policy set */
export function readContent(input: Bundle | PolicySetJson, cache?: CompileCache): PolicyContent {
  const bundle = bundleOf(input);
  const { policies, attributeNames, templates } = buildPolicies(bundle?.policies ?? input, undefined, cache);
  const sources = bundle?.sources ?? {};
  return {
    bundleId: bundle?.id ?? null,
    policies: new PolicyVersion(new PolicyTable(policies)),
    templates,
    attributeNames,
    nextOrdinal: policies.length,
    sourceOf: (id) => (Object.hasOwn(sources, id) ? sources[id] : undefined),
  };
}

function bundleOf(input: Bundle | PolicySetJson): Bundle | undefined {
  if (!("formatVersion" in input)) return undefined;
  const version: unknown = input.formatVersion;
  if (version !== 1) {
    throw new EngineError("bundle_invalid", `unknown bundle format version \`${String(version)}\``, {
      help: "this engine reads format version 1",
      path: "/formatVersion",
    });
  }
  if (typeof input.id !== "string") {
    throw new EngineError("bundle_invalid", `expected a bundle id, got ${jsonKind(input.id)}`, {
      path: "/id",
    });
  }
  return input;
}

export function policyInfo(policy: CompiledPolicy, content: PolicyContent): PolicyInfo {
  const source = content.sourceOf(policy.templateId ?? policy.id);
  return {
    id: policy.id,
    effect: policy.body.effect,
    annotations: { ...policy.body.annotations },
    ...(policy.templateId === undefined ? {} : { templateId: policy.templateId }),
    ...(source === undefined ? {} : { source }),
  };
}
