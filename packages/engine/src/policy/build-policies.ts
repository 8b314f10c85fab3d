import { EngineError } from "../errors.js";
import { pointer } from "../pointer.js";
import { Alike } from "./alike.js";
import { buildExpression, type Mentions } from "./build-expression.js";
import type { CompileCache } from "./compile-cache.js";
import type { CompiledPolicy, Condition, PolicyBody } from "./compiled.js";
import {
  invalidPolicy,
  jsonKind,
  readArray,
  readEntityRef,
  readMembers,
  readObject,
  readString,
} from "./reader.js";
import { readConstraint, type SlotValues, slotsOf } from "./scope.js";
import type { PolicyId, SlotId } from "./types.js";

const POLICY_MEMBERS = ["effect", "principal", "action", "resource", "conditions", "annotations?"];

export interface CompiledPolicySet {
  readonly policies: readonly CompiledPolicy[];
  /** Of these policies, and of those that they were added to. */
  readonly attributeNames: ReadonlySet<string>;
  readonly templates: ReadonlyMap<PolicyId, Template>;
}

/** What policies are added to: they may link its templates, and come after its policies. */
export interface PolicyBase extends Omit<CompiledPolicySet, "policies"> {
  readonly nextOrdinal: number;
  has(id: PolicyId): boolean;
}

/**
 * Builds all policies of a set: static ones in order, then template links.
 *
 * @throws EngineError with a JSON pointer into the policy set
 */
export function buildPolicies(json: unknown, base?: PolicyBase, cache?: CompileCache): CompiledPolicySet {
  const set = readObject(json, "");
  const attributeNames = new Set(base?.attributeNames);
  const alike = new Alike();
  const build = (policy: unknown, path: string): PolicyBody => {
    const json = readObject(policy, path);
    const body = cache?.get(json) ?? buildBody(json, path, alike);
    cache?.set(json, body);
    for (const name of body.attributeNames) attributeNames.add(name);
    return body;
  };
  const policies: CompiledPolicy[] = [];
  const added = new Set<PolicyId>();
  const ids = {
    has: (id: PolicyId) => added.has(id) || (base?.has(id) ?? false),
    add: (id: PolicyId) => added.add(id),
  };
  const first = base?.nextOrdinal ?? 0;
  const add = (id: PolicyId, templateId: PolicyId | undefined, path: string, built: () => Built): void => {
    if (ids.has(id)) throw new EngineError("policy_duplicate", `duplicate policy id \`${id}\``, { path });
    ids.add(id);
    policies.push({ id, ordinal: first + policies.length, templateId, ...built() });
  };
  for (const [id, policy] of Object.entries(readObject(set.staticPolicies ?? {}, "/staticPolicies"))) {
    const path = pointer("/staticPolicies", id);
    add(id, undefined, path, () => ({
      body: build(policy, path),
      scope: buildScope(policy, undefined, path),
    }));
  }
  const templates = new Map(base?.templates);
  buildTemplates(set.templates ?? {}, build, ids, templates);
  for (const [index, link] of readArray(set.templateLinks ?? [], "/templateLinks").entries()) {
    const path = pointer("/templateLinks", index);
    const { templateId, newId, values } = readMembers(link, ["templateId", "newId", "values"], path);
    const id = readString(newId, pointer(path, "newId"));
    const template = templates.get(readString(templateId, pointer(path, "templateId")));
    if (template === undefined)
      throw invalidPolicy(`failed to find a template with id \`${templateId}\``, path);
    const slots = readSlots(values, template.slots, pointer(path, "values"));
    add(id, template.id, path, () => ({
      body: template.body,
      scope: buildScope(template.json, slots, template.path),
    }));
  }
  return { policies, attributeNames, templates };
}

type Built = Pick<CompiledPolicy, "body" | "scope">;

export interface Template {
  readonly id: PolicyId;
  readonly path: string;
  readonly json: unknown;
  readonly body: PolicyBody;
  readonly slots: ReadonlySet<string>;
}

function buildTemplates(
  json: unknown,
  build: (template: unknown, path: string) => PolicyBody,
  ids: Pick<Set<PolicyId>, "has" | "add">,
  templates: Map<PolicyId, Template>,
): void {
  for (const [id, template] of Object.entries(readObject(json, "/templates"))) {
    const path = pointer("/templates", id);
    if (ids.has(id)) throw new EngineError("policy_duplicate", `duplicate policy id \`${id}\``, { path });
    ids.add(id);
    const body = build(template, path);
    const slots = slotsOf(template);
    if (slots.size === 0) throw invalidPolicy("expected a template, got a static policy", path);
    templates.set(id, { id, path, json: template, body, slots });
  }
}

function readSlots(json: unknown, wanted: ReadonlySet<string>, path: string): SlotValues {
  const values = readObject(json, path);
  const given = Object.keys(values);
  const missing = [...wanted].filter((slot) => !given.includes(slot));
  const extra = given.filter((slot) => !wanted.has(slot));
  if (missing.length > 0) {
    throw invalidPolicy(`the following slots were not provided as arguments: ${missing.join(", ")}`, path);
  }
  if (extra.length > 0) {
    throw invalidPolicy(
      `the following slots were provided as arguments, but did not exist in the template: ${extra.join(", ")}`,
      path,
    );
  }
  const slots = [...wanted] as SlotId[];
  return Object.fromEntries(slots.map((slot) => [slot, readEntityRef(values[slot], pointer(path, slot))]));
}

function buildBody(json: unknown, path: string, alike: Alike): PolicyBody {
  const { effect, conditions, annotations } = readMembers(json, POLICY_MEMBERS, path);
  if (effect !== "permit" && effect !== "forbid") {
    throw invalidPolicy(
      `unknown effect \`${String(effect)}\``,
      pointer(path, "effect"),
      "expected permit or forbid",
    );
  }
  const own = {
    effect,
    annotations: readAnnotations(annotations ?? {}, pointer(path, "annotations")),
  } as const;
  return alike.body(own, conditions, () => {
    const conditionsPath = pointer(path, "conditions");
    const mentions: Mentions = { attributeNames: new Set() };
    return {
      conditions: readArray(conditions, conditionsPath).map((condition, index) =>
        buildCondition(condition, pointer(conditionsPath, index), mentions),
      ),
      attributeNames: mentions.attributeNames,
    };
  });
}

function buildCondition(json: unknown, path: string, mentions: Mentions): Condition {
  const { kind, body } = readMembers(json, ["kind", "body"], path);
  if (kind !== "when" && kind !== "unless") {
    throw invalidPolicy(
      `unknown clause \`${String(kind)}\``,
      pointer(path, "kind"),
      "expected when or unless",
    );
  }
  return { kind, expr: buildExpression(body, pointer(path, "body"), mentions) };
}

function readAnnotations(json: unknown, path: string): Record<string, string> {
  // Without a prototype, so that no name of an annotation is special.
  const annotations: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(readObject(json, path))) {
    if (value !== null && typeof value !== "string") {
      throw invalidPolicy(`expected text for the annotation, got ${jsonKind(value)}`, pointer(path, name));
    }
    annotations[name] = value ?? "";
  }
  return annotations;
}

function buildScope(json: unknown, slots: SlotValues | undefined, path: string): CompiledPolicy["scope"] {
  const policy = readObject(json, path);
  return {
    principal: readConstraint(policy.principal, "principal", slots, pointer(path, "principal")),
    action: readConstraint(policy.action, "action", slots, pointer(path, "action")),
    resource: readConstraint(policy.resource, "resource", slots, pointer(path, "resource")),
  };
}
