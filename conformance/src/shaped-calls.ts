import type { AuthorizationCall, CallPolicySet } from "@cordon/cedar";
import { callWith, type TrickyCall } from "./tricky-calls.js";

const PERMIT = "permit(principal, action, resource);";
const FORBID = "forbid(principal, action, resource) when { context.stop };";
const TEMPLATE = "permit(principal == ?principal, action, resource);";
const TWO_SLOTS = "forbid(principal in ?principal, action, resource is Doc in ?resource);";
const JSON_PERMIT = {
  effect: "permit",
  principal: { op: "==", entity: { __entity: { type: "User", id: "ann" } } },
  action: { op: "in", entities: [{ type: "Action", id: "view" }] },
  resource: { op: "is", entity_type: "Doc", in: { entity: { type: "Doc", id: "1" } } },
  conditions: [
    {
      kind: "when",
      body: {
        "==": { left: { Value: { __entity: { type: "User", id: "ann" } } }, right: { Var: "principal" } },
      },
    },
    {
      kind: "unless",
      body: { "==": { left: { Value: [1, { a: 9007199254740993n }] }, right: { Set: [{ Value: 1 }] } } },
    },
  ],
  annotations: { id: "ignored", bare: null },
};
const JSON_TEMPLATE = {
  ...{ effect: "permit", principal: { op: "in", slot: "?principal" }, action: { op: "All" } },
  ...{ resource: { op: "All" }, conditions: [] },
};
const ann = { type: "User", id: "ann" };

function link(
  templateId: string,
  values: Record<string, typeof ann | { __entity: typeof ann }>,
  newId = "link",
) {
  return { templateId, newId, values };
}

const POLICY_SETS: CallPolicySet[] = [
  {},
  { staticPolicies: "" },
  { staticPolicies: "// nothing" },
  { staticPolicies: Array.from({ length: 12 }, () => PERMIT).join("\n") },
  { staticPolicies: `@id("x") ${PERMIT} ${FORBID}` },
  { staticPolicies: `${PERMIT} permit(principal` },
  { staticPolicies: `${PERMIT} ${TEMPLATE}` },
  { staticPolicies: [] },
  { staticPolicies: [PERMIT] },
  { staticPolicies: [PERMIT, FORBID] },
  { staticPolicies: [JSON_PERMIT] },
  { staticPolicies: [JSON_PERMIT, PERMIT] },
  { staticPolicies: [`${PERMIT} ${PERMIT}`] },
  { staticPolicies: {} },
  { staticPolicies: { "": PERMIT, "é😀": FORBID, b: JSON_PERMIT } },
  { staticPolicies: { a: TEMPLATE } },
  { staticPolicies: { a: `${PERMIT} ${PERMIT}` } },
  { staticPolicies: { a: { ...JSON_PERMIT, effect: "allow" } } },
  { staticPolicies: { a: { ...JSON_PERMIT, conditions: [{ kind: "when", body: { nonsense: [] } }] } } },
  { staticPolicies: { a: { ...JSON_PERMIT, conditions: [{ kind: "when", body: { Value: 1.5 } }] } } },
  {
    staticPolicies: { a: { ...JSON_PERMIT, conditions: [{ kind: "when", body: { ip: [{ Value: "x" }] } }] } },
  },
  { templates: { t: TEMPLATE } },
  { templates: { t: PERMIT } },
  { templates: { t: TEMPLATE }, templateLinks: [link("t", { "?principal": ann })] },
  { templates: { t: TEMPLATE }, templateLinks: [link("t", { "?principal": { __entity: ann } })] },
  { templates: { t: TEMPLATE }, templateLinks: [link("t", { "?principal": { type: "User", id: "bob" } })] },
  { templates: { t: TEMPLATE }, templateLinks: [link("t", {})] },
  { templates: { t: TEMPLATE }, templateLinks: [link("t", { "?principal": ann, "?resource": ann })] },
  { templates: { t: TEMPLATE }, templateLinks: [link("nope", { "?principal": ann })] },
  { templates: { t: TEMPLATE }, templateLinks: [link("t", { "?principal": ann }, "t")] },
  {
    templates: { t: TEMPLATE },
    templateLinks: [link("t", { "?principal": ann }), link("t", { "?principal": ann })],
  },
  { templates: { t: JSON_TEMPLATE }, templateLinks: [link("t", { "?principal": ann })] },
  {
    staticPolicies: { a: PERMIT },
    templates: { t: TWO_SLOTS },
    templateLinks: [link("t", { "?principal": ann, "?resource": { type: "Doc", id: "1" } })],
  },
  { staticPolicies: { a: PERMIT }, templates: { a: TEMPLATE } },
  {
    staticPolicies: { a: PERMIT },
    templates: { t: TEMPLATE },
    templateLinks: [link("t", { "?principal": ann }, "a")],
  },
];

const SCHEMA_JSON = {
  "": {
    commonTypes: { Id: { type: "Long" }, Amount: { type: "Record", attributes: { cents: { type: "Id" } } } },
    entityTypes: {
      User: {
        memberOfTypes: ["User"],
        shape: {
          type: "Record",
          attributes: {
            boss: { type: "Entity", name: "User", required: false },
            net: { type: "Extension", name: "ipaddr" },
          },
        },
      },
      Doc: { tags: { type: "EntityOrCommon", name: "Amount" } },
      Color: { enum: ["red"] },
    },
    actions: {
      all: {},
      view: {
        memberOf: [{ id: "all" }],
        appliesTo: { principalTypes: ["User"], resourceTypes: ["Doc"], context: { type: "Amount" } },
      },
    },
  },
} as const;
const SCHEMA_TEXT =
  'entity User, Doc; entity Color enum ["red"]; action view appliesTo { principal: User, resource: Doc };';

/** Members of a call that are missing, of the wrong kind, or simply unusual. */
const CHANGES: Record<string, Partial<Record<keyof AuthorizationCall | "extra", unknown>>> = {
  "no principal": { principal: undefined },
  "principal as text": { principal: 'User::"ann"' },
  "principal as a pair": { principal: ["User", "ann"] },
  "principal with more": { principal: { ...ann, more: 1 } },
  "principal escaped": { principal: { __entity: ann } },
  "principal without an id": { principal: { type: "User" } },
  "type with a space": { principal: { type: "User x", id: "ann" } },
  "type with space around": { principal: { type: " User ", id: "ann" } },
  "type with a comment": { principal: { type: "User// x", id: "ann" } },
  "type that is reserved": { principal: { type: "in", id: "ann" } },
  "type in a reserved namespace": { principal: { type: "__cedar::User", id: "ann" } },
  "lone surrogate": { principal: { type: "User", id: "\ud800" } },
  "odd id": { principal: { type: "User", id: '"\\\u0000😀' } },
  "additional member": { extra: 1 },
  "undefined additional member": { extra: undefined },
  "no policies": { policies: undefined },
  "null schema": { schema: null },
  "null validateRequest": { validateRequest: null },
  "context as a list": { context: [] },
  "context as an entity": { context: { __entity: ann } },
  "undefined context member": { context: { a: undefined, b: 1 } },
  "date in the context": { context: { a: new Date(0) } },
  "entities as an object": { entities: {} },
  "entity without parents": { entities: [{ uid: ann, attrs: {} }] },
  "entity with more": { entities: [{ uid: ann, attrs: {}, parents: [], more: 1 }] },
  "entity with a null attribute": { entities: [{ uid: ann, attrs: { a: null }, parents: [] }] },
  "entity as pairs": { entities: [{ uid: ["User", "ann"], attrs: {}, parents: [["User", "bob"]] }] },
  "entity twice": { entities: [1, 2].map(() => ({ uid: ann, attrs: { a: [1, 2] }, parents: [] })) },
  "entity twice, a set in another order": {
    entities: [
      [1, 2],
      [2, 1],
    ].map((a) => ({ uid: ann, attrs: { a }, parents: [] })),
  },
  "entity twice, differing": { entities: [1, 2].map((a) => ({ uid: ann, attrs: { a }, parents: [] })) },
  "entity its own parent": { entities: [{ uid: ann, attrs: {}, parents: [ann] }] },
  "cycle through a missing entity": {
    entities: [{ uid: ann, attrs: {}, parents: [{ type: "User", id: "x" }] }],
  },
  "schema that doesn't parse": { schema: "entity" },
  "schema that doesn't resolve": { schema: "entity User { a: Nope };" },
  "schema with a warning": { schema: `type ipaddr = Long; ${SCHEMA_TEXT}` },
  "empty schema": { schema: "" },
  "schema as JSON": { schema: SCHEMA_JSON },
  "schema as JSON, context": { schema: SCHEMA_JSON, context: { cents: 1 } },
  "schema as JSON, entities": {
    schema: SCHEMA_JSON,
    context: { cents: 9007199254740993n },
    entities: [
      {
        uid: ann,
        attrs: { boss: { type: "User", id: "eve" }, net: "10.0.0.0/8" },
        parents: [{ type: "User", id: "eve" }],
      },
      { uid: { type: "Doc", id: "1" }, attrs: {}, parents: [], tags: { price: { cents: 1 } } },
      { uid: { type: "Color", id: "red" }, attrs: {}, parents: [] },
    ],
    policies: {
      staticPolicies:
        'permit(principal is User in User::"eve", action in Action::"all", resource) when { principal.boss == User::"eve" && principal.net.isIpv4() && resource.getTag("price").cents == 1 && context.cents == 9007199254740993 };',
    },
  },
  "schema as JSON, invalid": { schema: { "": { entityTypes: {} } } },
  "enumerated entity unknown": {
    schema: SCHEMA_TEXT,
    entities: [{ uid: { type: "Color", id: "blue" }, attrs: {}, parents: [] }],
  },
  "action as the schema has it": {
    schema: SCHEMA_TEXT,
    entities: [{ uid: { type: "Action", id: "view" }, attrs: {}, parents: [] }],
  },
  "action unlike the schema": {
    schema: SCHEMA_TEXT,
    entities: [{ uid: { type: "Action", id: "view" }, attrs: {}, parents: [{ type: "Action", id: "x" }] }],
  },
  "action unknown to the schema": { schema: SCHEMA_TEXT, action: { type: "Action", id: "edit" } },
  "action unknown to the schema, unvalidated": {
    schema: SCHEMA_TEXT,
    action: { type: "Action", id: "edit" },
    validateRequest: false,
  },
  "principal that the action doesn't apply to": { schema: SCHEMA_TEXT, principal: { type: "Doc", id: "1" } },
  "the same, unvalidated": {
    schema: SCHEMA_TEXT,
    principal: { type: "Doc", id: "1" },
    validateRequest: false,
  },
  "type unknown to the schema, unvalidated": {
    schema: SCHEMA_TEXT,
    principal: { type: "Nobody", id: "1" },
    validateRequest: false,
  },
};

export function shapedCalls(): TrickyCall[] {
  const sets = POLICY_SETS.flatMap((policies) =>
    [{ stop: true }, {}].map((context) => ({ name: show(policies), call: callWith({ policies, context }) })),
  );
  const changed = Object.entries(CHANGES).map(([name, change]) => ({
    name,
    // Wrong on purpose: this is what callers without types may send.
    call: callWith(change as Partial<AuthorizationCall>),
  }));
  return [
    ...sets,
    ...changed,
    ...[undefined, null, 1, {}].map((call) => ({
      name: `${call}`,
      call: call as unknown as AuthorizationCall,
    })),
  ];
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, member) => (typeof member === "bigint" ? `${member}` : member));
}
