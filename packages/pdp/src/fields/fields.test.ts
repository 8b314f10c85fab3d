import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { maskValue, showFields, unwritable } from "@cordon/engine/fields";
import { checkProject } from "../project/check-project.js";
import { openProject } from "../project/open-project.js";
import { tempProject } from "../testing-internal/temp-project.js";

const SCHEMA = `
entity User;
entity Customer = { name: String, email: String, phone?: String, limit: Long, since: datetime, owner: User };
action "customer:read", "customer:read-contact", "customer:read-money", "customer:edit" appliesTo {
  principal: [User], resource: [Customer], context: { reason?: String }
};
action "customer:edit-owner" appliesTo { principal: [User], resource: [Customer], context: { ticket: String } };
action "team:read" appliesTo { principal: [User], resource: [User] };
`;

const POLICIES = `
@id("staff") permit (principal, action == Action::"customer:read", resource) unless { principal == User::"eve" };
@id("owner-contact") permit (principal, action == Action::"customer:read-contact", resource)
when { resource.owner == principal };
@id("money") permit (principal == User::"cfo", action == Action::"customer:read-money", resource);
@id("edit") permit (principal, action in [Action::"customer:edit", Action::"customer:edit-owner"], resource);
`;

const FIELDS = `fields:
  Customer:
    customer:read:
      - attributes: [email]
        action: customer:read-contact
        mask: { last: 3 }
      - attributes: [phone]
        action: customer:read-contact
      - attributes: [limit]
        action: customer:read-money
        mask: 0
    customer:edit:
      - attributes: [owner]
        action: customer:edit-owner
      - attributes: "*"
        action: customer:read-contact
`;

const CUSTOMER = {
  uid: { type: "Customer", id: "acme" },
  attrs: {
    name: "Acme",
    email: "info@acme.example",
    limit: 5000,
    since: { __extn: { fn: "datetime", arg: "2020-01-01" } },
    owner: { __entity: { type: "User", id: "ann" } },
  },
  parents: [],
};

const project = (t: TestContext, settings = FIELDS, schema: string | null = SCHEMA): Promise<string> =>
  tempProject(t, {
    ...(schema === null ? {} : { "schema.cedarschema": schema }),
    "policies/customers.cedar": POLICIES,
    "entities/customers.json": JSON.stringify([CUSTOMER]),
    "cordon.yaml": settings,
  });

async function open(t: TestContext) {
  const folder = await project(t);
  const decider = await openProject(folder, { watch: false, clock: () => new Date("2026-11-24T12:00:00Z") });
  t.after(() => decider.close());
  return decider;
}

const read = (id: string, action = "customer:read") => ({
  principal: `User::"${id}"`,
  action,
  resource: 'Customer::"acme"',
});

test("attributes are allowed, masked or hidden by what their groups take", async (t) => {
  const decider = await open(t);
  const table = {
    ann: [["name", "email", "phone", "since", "owner"], { limit: 0 }, []],
    bob: [["name", "since", "owner"], { email: { last: 3 }, limit: 0 }, ["phone"]],
    cfo: [["name", "limit", "since", "owner"], { email: { last: 3 } }, ["phone"]],
    eve: [[], {}, ["name", "email", "phone", "limit", "since", "owner"]],
  };
  for (const [id, expected] of Object.entries(table)) {
    const { allowed, masked, hidden } = await decider.fields(read(id));
    assert.deepEqual(
      [[...allowed].sort(), masked, [...hidden].sort()],
      expected.map((part) => (Array.isArray(part) ? [...part].sort() : part)),
      id,
    );
  }
});

test("whatever is not an allow hides: a group's action that lacks what it needs, one that has no policy", async (t) => {
  const decider = await open(t);
  const { allowed, hidden, needed } = await decider.fields(read("ann", "customer:edit"));
  assert.deepEqual(hidden, ["owner"]);
  assert.ok(allowed.includes("name"));
  const [owner] = needed;
  assert.ok(owner !== undefined && "error" in owner.decision, "without a ticket it can't even be asked");
  const bob = await decider.fields(read("bob", "customer:edit"));
  assert.deepEqual(bob.allowed, []);
  assert.equal(bob.decision.decision, "allow");
  const withTicket = { ...read("ann", "customer:edit"), context: { ticket: "T-1" } };
  assert.deepEqual((await decider.fields(withTicket)).hidden, []);
});

test("each decision stands in the log", async (t) => {
  const decider = await open(t);
  const { decision, needed } = await decider.fields(read("bob"));
  const page = await decider.log?.list({});
  const logged = new Map(page?.records.map(({ id, request }) => [id, request.action.id]));
  assert.equal(logged.get(decision.id), "customer:read");
  assert.equal(logged.size, 1 + needed.length);
});

test("a plan says for which rows which attributes are shown", async (t) => {
  const decider = await open(t);
  const request = { principal: 'User::"ann"', action: "customer:read", resourceType: "Customer" };
  const { rows, allowed, groups } = await decider.planFields(request);
  assert.equal(rows.outcome, "always");
  assert.deepEqual([...allowed].sort(), ["name", "owner", "since"]);
  assert.deepEqual(
    groups.map(({ attributes, mask, plan }) => [attributes, mask, plan.outcome]),
    [
      [["email"], { last: 3 }, "when"],
      [["phone"], undefined, "when"],
      [["limit"], 0, "never"],
    ],
  );
});

test("malformed questions are refused, and so are those of a project without a schema", async (t) => {
  const decider = await open(t);
  await assert.rejects(decider.fields({ ...read("ann"), context: { reason: 1 } }), {
    name: "RequestError",
    path: "/context/reason",
  });
  await assert.rejects(decider.fields({ ...read("ann"), principal: "ann" }), { name: "RequestError" });
  const bare = await openProject(await project(t, "version: 1\n", null), { watch: false });
  t.after(() => bare.close());
  await assert.rejects(bare.fields(read("ann")), { code: "schema_missing" });
});

const SLIPS: readonly (readonly [string, string, string, string])[] = [
  [
    "a type",
    "Custumer:\n    customer:read:\n      - { attributes: [email], action: customer:edit }",
    "settings_unknown_type",
    "did you mean `Customer`?",
  ],
  [
    "an attribute",
    "Customer:\n    customer:read:\n      - { attributes: [emal], action: customer:edit }",
    "settings_unknown_attribute",
    "did you mean `email`?",
  ],
  [
    "an action",
    "Customer:\n    customer:raed:\n      - { attributes: [email], action: customer:edit }",
    "settings_unknown_action",
    "did you mean `customer:read`?",
  ],
  [
    "an action that is needed",
    "Customer:\n    customer:read:\n      - { attributes: [email], action: customer:edti }",
    "settings_unknown_action",
    "did you mean `customer:edit`?",
  ],
  [
    "an action on other things",
    "Customer:\n    customer:read:\n      - { attributes: [email], action: 'team:read' }",
    "settings_action_not_applicable",
    "it applies to `User`",
  ],
  [
    "an attribute twice",
    "Customer:\n    customer:read:\n      - { attributes: [email], action: customer:edit }\n      - { attributes: [email], action: customer:read-contact }",
    "settings_attribute_twice",
    "name it once: one action decides",
  ],
  [
    "an attribute twice, by another name of the action",
    "Customer:\n    customer:read:\n      - { attributes: [email], action: customer:edit }\n    'Action::\"customer:read\"':\n      - { attributes: [email], action: customer:edit }",
    "settings_attribute_twice",
    "name it once: one action decides",
  ],
  [
    "a mask of another type",
    "Customer:\n    customer:read:\n      - { attributes: [limit], action: customer:edit, mask: '***' }",
    "settings_unfit_mask",
    "leave it out to hide them, write `null`, or give each type a rule of its own",
  ],
  [
    "a text's mask for all",
    "Customer:\n    customer:read:\n      - { attributes: '*', action: customer:edit, mask: { last: 2 } }",
    "settings_unfit_mask",
    "leave it out to hide them, write `null`, or give each type a rule of its own",
  ],
];

for (const [slip, settings, code, help] of SLIPS) {
  test(`a slip in the settings is found where it is: ${slip}`, async (t) => {
    const { diagnostics, bundle } = await checkProject(await project(t, `fields:\n  ${settings}\n`));
    assert.equal(bundle, undefined);
    assert.deepEqual(
      diagnostics.map((d) => [d.code, d.help, d.file, d.range !== undefined]),
      [[code, help, "cordon.yaml", true]],
    );
  });
}

test("fields without a schema are refused", async (t) => {
  const { diagnostics } = await checkProject(await project(t, FIELDS, null));
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ["settings_fields_no_schema"],
  );
});

test("masks tell no more than they should", () => {
  const cases = [
    [{ last: 4 }, "4111111111111111", "•••1111"],
    [{ first: 1 }, "😀éa", "😀•••"],
    [{ last: 4 }, "1111", "•••"],
    [{ last: 4 }, "", "•••"],
    [{ last: 4 }, undefined, "•••"],
    [{ last: 4 }, 411111, "•••"],
    ["hidden", "x", "hidden"],
    ["hidden", null, "hidden"],
    [null, "x", null],
  ] as const;
  for (const [mask, value, expected] of cases) assert.equal(maskValue(mask, value), expected);
});

test("an application's record shows what may be seen of it, and nothing that nobody spoke of", () => {
  const fields = { allowed: ["name"], masked: { email: { last: 3 }, limit: null } } as const;
  const record = { name: "Acme", email: "info@acme.example", limit: 5, phone: "1", password: "x" };
  assert.deepEqual(showFields(fields, record), { name: "Acme", email: "•••ple", limit: null });
  assert.deepEqual(showFields(fields, { name: undefined }), { name: undefined });
  assert.deepEqual(unwritable(fields, { name: "A", email: "b", constructor: 1 }), ["email", "constructor"]);
});
