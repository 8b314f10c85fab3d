import type { PolicySource } from "./bundle.js";
import { buildPolicies } from "./policy/build-policies.js";
import { versionWith } from "./policy/policy-step.js";
import { invalidPolicy } from "./policy/reader.js";
import type { PolicyId, PolicySetJson } from "./policy/types.js";
import type { PolicyContent } from "./policy-content.js";

/** What to change in a policy set. Removing comes first, so one id may be removed and added. */
export interface PolicyChanges {
  /** Static policies and template links by id. Templates stay, so that they can be linked again. */
  remove?: Iterable<PolicyId>;
  /** Policies, templates, and links of these or of templates that are there already. */
  add?: Partial<PolicySetJson>;
  /** Where what is added was written, by the id of the static policy or template. */
  sources?: Readonly<Record<PolicyId, PolicySource>>;
}

/**
 * The set with policies added and removed; only those are built and indexed. What is added comes after the
 * rest in the order of the set.
 *
 * @throws EngineError for a malformed policy, an id that is taken, or one to remove that is not there
 */
export function changePolicies(content: PolicyContent, changes: PolicyChanges): PolicyContent {
  const gone = new Map([...(changes.remove ?? [])].map((id) => [id, presentPolicy(content, id)]));
  const json = changes.add ?? {};
  const { policies, attributeNames, templates } = buildPolicies(json, {
    ...content,
    has: (id) => content.templates.has(id) || (content.policies.get(id) !== undefined && !gone.has(id)),
  });
  const sources = { ...changes.sources };
  const written = new Set([...Object.keys(json.staticPolicies ?? {}), ...Object.keys(json.templates ?? {})]);
  return {
    bundleId: null,
    policies: versionWith(content.policies, [...gone.values()], policies),
    templates,
    attributeNames,
    nextOrdinal: content.nextOrdinal + policies.length,
    sourceOf: (id) => {
      if (!written.has(id)) return content.sourceOf(id);
      return Object.hasOwn(sources, id) ? sources[id] : undefined;
    },
  };
}

function presentPolicy(content: PolicyContent, id: PolicyId) {
  const policy = content.policies.get(id);
  if (policy === undefined) throw invalidPolicy(`there is no policy with id \`${id}\` to remove`, "");
  return policy;
}
