import type { Policy, PolicySet, PolicyToJsonAnswer, Template } from "@cedar-policy/cedar-wasm/nodejs";
import {
  type Authorizer,
  type CompileOptions,
  compile,
  type EntityUidJson,
  type PolicyJson,
  type PolicySetJson,
  type SlotId,
  type TemplateLinkJson,
} from "@cordon/engine";
import type { CallPolicySet, CallUid } from "./call.js";
import { CallRefused } from "./call-refused.js";
import { readUid } from "./call-values.js";
import { stringifyLossless } from "./lossless-json.js";
import { LruCache } from "./lru-cache.js";
import { splitPolicies } from "./policy-text.js";
import { cedar } from "./wasm.js";

const authorizers = new LruCache<Authorizer>(64);
/** For the same policies on several paths; the last few are enough. */
const sets = new LruCache<PolicySetJson>(2);

export type EvaluationPath = NonNullable<CompileOptions["path"]>;

/**
 * The policies of a call, compiled by our engine.
 *
 * @throws CallRefused for a policy set that Cedar doesn't accept
 */
export function acceptPolicies(policies: CallPolicySet, path: EvaluationPath = "auto"): Authorizer {
  const key = stringifyLossless(policies);
  if (key === undefined) throw new CallRefused("policy set");
  return authorizers.get(`${path} ${key}`, () =>
    compile(
      sets.get(key, () => acceptedSet(policies as PolicySet)),
      { path },
    ),
  );
}

function acceptedSet(policies: PolicySet): PolicySetJson {
  if (cedar().checkParsePolicySet(policies).type === "failure") throw new CallRefused("policy set");
  return policySetJson(policies);
}

function policySetJson({ staticPolicies, templates, templateLinks }: PolicySet): PolicySetJson {
  const set: PolicySetJson = {
    staticPolicies: Object.create(null),
    templates: Object.create(null),
    templateLinks: (templateLinks ?? []).map(linkJson),
  };
  for (const [id, policy] of namedPolicies(staticPolicies)) {
    set.staticPolicies[id] = requireJson(cedar().policyToJson(policy));
  }
  for (const [id, template] of Object.entries<Template>(templates ?? {})) {
    set.templates[id] = requireJson(cedar().templateToJson(template));
  }
  return set;
}

/** The ids that Cedar gives to policies that come without: only in a text are they counted. */
function namedPolicies(policies: PolicySet["staticPolicies"]): [string, Policy][] {
  if (policies === undefined) return [];
  if (typeof policies === "string")
    return splitPolicies(policies).map(({ text }, index) => [`policy${index}`, text]);
  if (!Array.isArray(policies)) return Object.entries<Policy>(policies);
  // A list of several is refused for its duplicate ids, but for one in each format.
  return policies.map((policy) => [typeof policy === "string" ? "policy0" : "JSON policy", policy]);
}

/** JSON policies, too, come back as Cedar itself writes them, so that our engine sees one form only. */
function requireJson(answer: PolicyToJsonAnswer): PolicyJson {
  if (answer.type === "failure") throw new CallRefused("policy set");
  return answer.json as PolicyJson;
}

function linkJson({
  templateId,
  newId,
  values,
}: NonNullable<PolicySet["templateLinks"]>[number]): TemplateLinkJson {
  const slots: Partial<Record<SlotId, EntityUidJson>> = {};
  for (const [slot, written] of Object.entries<CallUid>(values)) {
    const { type, id } = readUid(written);
    slots[slot as SlotId] = { type, id };
  }
  return { templateId, newId, values: slots };
}
