import fc from "fast-check";
import { mutate, mutation, nodeOf, print } from "./json-tree.test.support.js";
import { CERTIFICATION_PROJECT, READ } from "./serve.test.support.js";

/** The certification fixture, with attributes of every type that a request can fill wrongly. */
export const MUTATION_PROJECT: Record<string, string> = {
  ...CERTIFICATION_PROJECT,
  "schema.cedarschema": `
    type Home = { city: String, zip?: Long };
    entity user in [user] {
      role?: String, floor?: Long, limit?: decimal, address?: ipaddr, since?: datetime, shift?: duration,
      boss?: user, teams?: Set<user>, home?: Home, marks?: Set<Long>, active?: Bool,
    } tags String;
    entity record { status?: String, owner?: user, tags?: Set<String> };
    type Place = { time?: datetime, ip?: ipaddr, nested?: { list?: Set<Long>, home?: Home }, amount?: decimal };
    action read, write appliesTo { principal: user, resource: record, context: Place };
    action delete appliesTo { principal: user, resource: record, context: { action?: { soft?: Bool, wait?: duration } } };
  `,
  "policies/typed.cedar": `
    @id("typed") permit (principal is user, action in [Action::"read", Action::"write"], resource is record)
    when { principal has floor && principal.floor + 1 > 2 && principal has home && principal.home.city like "*a*" }
    when {
      (context has ip && context.ip.isInRange(ip("10.0.0.0/8"))) ||
      (context has amount && context.amount.lessThan(decimal("1.5")))
    }
    unless {
      resource has owner && principal has boss && principal has teams &&
      resource.owner in principal.boss && principal.teams.contains(resource.owner)
    };
    @id("odd") forbid (principal is user, action, resource)
    when { principal has marks && principal.marks.containsAll([1, 2, 3]) };
  `,
  "cordon.yaml": "log: { mode: buffered }\n",
};

/** Accepted as it stands; each value is one that a schema can want otherwise. */
export const FULL = {
  subject: {
    type: "user",
    id: "alice",
    properties: {
      role: "admin",
      floor: 3,
      limit: "10.5",
      address: "10.1.2.3",
      since: "2020-01-01T00:00:00Z",
      shift: "8h",
      boss: { __entity: { type: "user", id: "bob" } },
      teams: [{ type: "user", id: "bob" }],
      home: { city: "Paris", zip: 75 },
      marks: [1, 2],
      active: true,
      department: { name: "Sales" },
    },
  },
  action: { name: "read", properties: { soft: true } },
  resource: {
    type: "record",
    id: "record-2",
    properties: { status: "archived", owner: { type: "user", id: "bob" }, tags: ["a", "b"] },
  },
  context: {
    time: "2025-06-27T18:03:07Z",
    ip: "192.168.1.1",
    nested: { list: [1, 2], home: { city: "Rome" } },
    amount: 1.25,
    unknown: { a: null },
  },
};

const DELETE = { ...FULL, action: { name: "delete", properties: { soft: true, wait: "1h" } } };

const BATCH = {
  ...READ,
  context: { source: "default" },
  evaluations: [{}, { action: { name: "write" } }, { resource: { id: "record-2" } }, FULL],
  options: { evaluations_semantic: "deny_on_first_deny" },
};

const HEADERS: readonly (readonly string[])[] = [
  ["content-type: application/json"],
  ["content-type: application/json; charset=utf-8"],
  ["content-type: text/plain"],
  ["content-type:"],
  [],
  ["content-type: application/json", "content-type: text/plain"],
  ["content-type: application/json", "content-encoding: br"],
  ["content-type: application/json", "authorization: Bearer"],
  ["content-type: application/json", "authorization: Bearer a b"],
  ["content-type: application/json", "authorization: Basic YTpi"],
  ["content-type: application/json", "x-request-id: \xff\xfe\t junk"],
  ["content-type: application/json", "x-request-id:"],
  ["content-type: application/json", "x-request-id: a", "x-request-id: b"],
  ["content-type: application/json", "traceparent: 00-0-0-0"],
  ["content-type: application/json", "traceparent: \x80\x81", "tracestate: ,,,="],
  ["content-type: application/json", "expect: 100-continue"],
  ["content-type: application/json", "expect: tea"],
  ["content-type: application/json", "__proto__: x", "constructor: y"],
  ["content-type: application/json", `cookie: ${"a=b; ".repeat(500)}`],
  ["content-type: application/json", "connection: upgrade", "upgrade: websocket"],
  ["content-type: application/json", "range: bytes=0-1", "if-none-match: *", "accept: nothing"],
];

const TARGETS: readonly string[] = [
  "/access/v1/evaluation",
  "/access/v1/evaluation?debug",
  "/access/v1/evaluations",
  "/access/v1/evaluations?debug",
  "/cordon/v1/explain",
  "/cordon/v1/plan",
];

const ODD_TARGETS: readonly string[] = [
  "/access/v1/evaluation?debug=%ff&debug=1",
  "/cordon/v1/decisions?limit=%00",
  "/cordon/v1/decisions/%ff",
  "/access/v1/evaluation/",
  "/access/v1/../v1/evaluation",
  "//access/v1/evaluation",
  "/%61ccess/v1/evaluation",
];

export interface MutatedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

const spoiled: fc.Arbitrary<(text: string) => Buffer> = fc.oneof(
  { weight: 12, arbitrary: fc.constant((text: string) => Buffer.from(text)) },
  {
    weight: 2,
    arbitrary: fc
      .nat(100)
      .map((share) => (text: string) => Buffer.from(text.slice(0, (text.length * share) / 100))),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(400), fc.nat(255)).map(([at, byte]) => (text: string) => {
      const bytes = Buffer.from(text);
      if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes;
    }),
  },
);

/** A valid request, changed once or a few times in its body, seldom also in its header. */
export const mutatedRequest: fc.Arbitrary<MutatedRequest> = fc
  .record({
    base: fc.constantFrom<unknown>(READ, FULL, FULL, DELETE, BATCH, BATCH.evaluations),
    changes: fc.array(mutation, { minLength: 0, maxLength: 3 }),
    spoil: spoiled,
    headers: fc.oneof(
      { weight: 12, arbitrary: fc.constant(HEADERS[0] ?? []) },
      { weight: 1, arbitrary: fc.constantFrom(...HEADERS) },
    ),
    target: fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...TARGETS) },
      { weight: 1, arbitrary: fc.constantFrom(...ODD_TARGETS) },
    ),
    method: fc.oneof(
      { weight: 40, arbitrary: fc.constant("POST") },
      { weight: 1, arbitrary: fc.constantFrom("GET", "PUT", "OPTIONS", "PATCH", "TRACE") },
    ),
  })
  .map(({ base, changes, spoil, headers, target, method }) => ({
    method,
    target,
    headers: ["host: 127.0.0.1", ...headers],
    body: spoil(print(changes.reduce(mutate, nodeOf(base)))),
  }));
