import assert from "node:assert/strict";
import { test } from "node:test";
import { applyChanges } from "./change.js";
import { turnDecision } from "./counterfactual.js";
import { entity, explainSituation, type Situation, turn } from "./testing-internal/ask.js";

const BOB = { __entity: { type: "User", id: "bob" } };
const extension = (fn: string, arg: string) => ({ __extn: { fn, arg } });
const WORLD = [
  entity(
    "User::ann",
    {
      level: 2,
      region: "us",
      boss: BOB,
      office: { city: "Bonn" },
      score: extension("decimal", "1.5"),
      active: false,
    },
    ["Team::support"],
  ),
  entity("User::bob", { level: 9 }),
  entity(
    "Doc::plan",
    {
      region: "eu",
      name: "draft-1",
      size: 10,
      labels: ["a"],
      home: extension("ip", "10.1.2.3"),
      since: extension("datetime", "2026-11-01"),
    },
    ["Folder::x"],
  ),
  entity("Folder::x", {}, ["Folder::root"]),
  entity("Team::support", {}, ["Team::all"]),
];

function permitWhen(condition: string): Situation {
  return { policies: `permit(principal, action, resource) when { ${condition} };`, entities: WORLD };
}

function sentences(situation: Situation): string[] {
  return turn(situation).suggestions.map(({ texts }) => texts.join("; "));
}

const CASES: [condition: string, ...suggestions: string[]][] = [
  [
    "resource.region == principal.region",
    '`resource.region` is `"eu"`, must equal `principal.region`, `"us"`',
    '`principal.region` is `"us"`, must equal `resource.region`, `"eu"`',
  ],
  ['resource.region != "eu"', '`resource.region` is `"eu"`, must not equal `"eu"`, as `"eu?"` is'],
  ["principal.active", "`principal.active` is `false`, must be `true`"],
  ["principal.level > 5", "`principal.level` is `2`, must be more than `5`, as `6` is"],
  ["principal.level >= 5", "`principal.level` is `2`, must be at least `5`"],
  ["!(principal.level < 5)", "`principal.level` is `2`, must be at least `5`"],
  ["(principal.level > 5) == true", "`principal.level` is `2`, must be more than `5`, as `6` is"],
  [
    "principal.level + resource.size >= 20",
    "`principal.level` is `2`, must be such that `principal.level + resource.size >= 20`, as `10` is",
    "`resource.size` is `10`, must be such that `principal.level + resource.size >= 20`, as `18` is",
  ],
  [
    "principal.level * 3 >= 10",
    "`principal.level` is `2`, must be such that `principal.level * 3 >= 10`, as `4` is",
  ],
  ["-principal.level < -5", "`principal.level` is `2`, must be such that `-principal.level < -5`, as `6` is"],
  [
    "principal.level > 5 && principal.level < 9 && principal.level != 6",
    "`principal.level` is `2`, must be such that `principal.level > 5` and `principal.level < 9` and `principal.level != 6`, as `7` is",
  ],
  [
    'principal.region == resource.region && resource.region != "us"',
    '`principal.region` is `"us"`, must equal `resource.region`, `"eu"`',
  ],
  ['principal in Team::"billing"', '`User::"ann"` is not in `Team::"billing"`, must be'],
  [
    '!(principal in Team::"all")',
    '`User::"ann"` is in `Team::"support"`, must not be',
    '`Team::"support"` is in `Team::"all"`, must not be',
  ],
  [
    'resource in Folder::"root" && principal.boss == principal',
    '`principal.boss` is `User::"bob"`, must equal `principal`, `User::"ann"`',
  ],
  [
    'principal.boss in Team::"support"',
    '`principal.boss` is `User::"bob"`, must be in `Team::"support"`',
    '`User::"bob"` is not in `Team::"support"`, must be',
  ],
  ["principal has nick", "`principal.nick` is absent, must be given, as `true` is"],
  ["!(principal has level)", "`principal.level` is `2`, must be absent"],
  ['principal has nick && principal.nick == "a"', '`principal.nick` is absent, must equal `"a"`'],
  ['principal.office.city == "Köln"', '`principal.office.city` is `"Bonn"`, must equal `"Köln"`'],
  [
    'principal.hasTag("k") && principal.getTag("k") == "v"',
    '`principal.getTag("k")` is absent, must equal `"v"`',
  ],
  [
    'resource.name like "final-*"',
    '`resource.name` is `"draft-1"`, must be like `"final-*"`, as `"final-"` is',
  ],
  ['resource.labels.contains("b")', '`resource.labels` is `["a"]`, must contain `"b"`'],
  ['!resource.labels.contains("a")', '`resource.labels` is `["a"]`, must not contain `"a"`'],
  [
    'resource.labels.containsAll(["a", "c"])',
    '`resource.labels` is `["a"]`, must contain all of `["a", "c"]`',
  ],
  [
    'resource.labels.containsAny(["p", "q"])',
    '`resource.labels` is `["a"]`, must contain one of `["p", "q"]`, as `["a", "p"]` is',
  ],
  ["resource.labels.isEmpty()", '`resource.labels` is `["a"]`, must be empty'],
  [
    '["a", "b"].contains(principal.region)',
    '`principal.region` is `"us"`, must be one of `["a", "b"]`, as `"a"` is',
  ],
  [
    'principal.score.greaterThan(decimal("2.0"))',
    '`principal.score` is `decimal("1.5")`, must be more than `decimal("2.0")`, as `decimal("2.0001")` is',
  ],
  [
    'resource.home.isInRange(ip("192.168.0.0/16"))',
    '`resource.home` is `ip("10.1.2.3")`, must be in `ip("192.168.0.0/16")`, as `ip("192.168.0.0")` is',
  ],
  [
    "!resource.home.isIpv4()",
    '`resource.home` is `ip("10.1.2.3")`, must be such that `resource.home.isIpv4()` is false, as `ip("::")` is',
  ],
  [
    "context.ip.isLoopback()",
    '`context.ip` is absent, must be such that `context.ip.isLoopback()`, as `ip("127.0.0.1")` is',
  ],
  [
    'context.now.toTime() < duration("8h")',
    '`context.now` is `datetime("2026-11-24T12:00:00Z")`, must be such that `context.now.toTime() < duration("8h")`, as `datetime("2026-11-24T07:59:59.999Z")` is',
  ],
  [
    'context.now.durationSince(resource.since) > duration("60d")',
    '`context.now` is `datetime("2026-11-24T12:00:00Z")`, must be such that `context.now.durationSince(resource.since) > duration("60d")`, as `datetime("2026-12-31T00:00:00.001Z")` is',
    '`resource.since` is `datetime("2026-11-01")`, must be such that `context.now.durationSince(resource.since) > duration("60d")`, as `datetime("2026-09-25T11:59:59.999Z")` is',
  ],
  [
    "resource.since.toTime().toHours() == 5",
    '`resource.since` is `datetime("2026-11-01")`, must be such that `resource.since.toTime().toHours() == 5`, as `datetime("2026-11-01T05:00:00Z")` is',
  ],
  [
    "if principal.level > 5 then true else resource.size > 100",
    "`resource.size` is `10`, must be more than `100`, as `101` is",
    "`principal.level` is `2`, must be more than `5`, as `6` is",
  ],
  ["context has mfa && context.mfa", "`context.mfa` is absent, must be `true`"],
  ["principal is Robot"],
  ["1 == 2"],
  ["principal.level > 5 && principal.level < 3"],
];

test("each operator is turned by the facts it reads, and says what they must be", async (t) => {
  for (const [condition, ...suggestions] of CASES) {
    await t.test(condition, () => {
      assert.deepEqual(sentences(permitWhen(condition)).sort(), suggestions.sort());
    });
  }
});

test("what no change of facts reaches is told apart from what was not found", () => {
  const { suggestions, blocked, unreachable, complete } = turn({
    policies: `
      @id("other-action") permit(principal, action == Action::"write", resource);
      @id("bob") permit(principal == User::"bob", action, resource);
      @id("robots") permit(principal is Robot in Team::"all", action, resource);
      @id("never") permit(principal, action, resource) when { context.x == 1 && 1 == 2 };`,
  });
  assert.deepEqual([suggestions, complete], [[], true]);
  assert.deepEqual(blocked, [
    { policyId: "bob", by: [{ part: "principal", text: 'principal == User::"bob"' }] },
    { policyId: "robots", by: [{ part: "principal", text: 'principal is Robot in Team::"all"' }] },
    { policyId: "other-action", by: [{ part: "action", text: 'action == Action::"write"' }] },
  ]);
  assert.deepEqual(
    unreachable.map(({ policyId }) => policyId),
    ["never"],
  );
});

test("a forbid that applies or errs is lifted as well, and named", () => {
  const { suggestions } = turn({
    policies: `
      @id("open") permit(principal, action, resource) when { resource.open };
      @id("hold") forbid(principal, action, resource) when { resource.hold };
      @id("broken") forbid(principal, action, resource) when { context.risk > 3 };`,
    entities: [entity("Doc::plan", { open: false, hold: true })],
  });
  assert.deepEqual(
    suggestions.map(({ texts, policies, lifts }) => ({ texts, policies, lifts })),
    [
      {
        texts: [
          "`resource.open` is `false`, must be `true`",
          "`resource.hold` is `true`, must be `false`",
          "`context.risk` is absent, must be such that `context.risk > 3` is false, as `0` is",
        ],
        policies: ["open"],
        lifts: ["hold", "broken"],
      },
    ],
  );
});

test("one fact that serves a permit and a forbid is given the value that pleases both", () => {
  assert.deepEqual(
    sentences({
      policies: `
        permit(principal, action, resource) when { resource.size >= 3 };
        forbid(principal, action, resource) when { resource.size == 3 || resource.size == 4 };`,
      entities: [entity("Doc::plan", { size: 1 })],
    }),
    ["`resource.size` is `1`, must be such that `resource.size >= 3`, as `5` is"],
  );
});

test("what holds by several memberships is turned by ending them all", () => {
  assert.deepEqual(
    sentences({
      policies: 'permit(principal, action, resource) unless { principal in [Team::"x", Team::"y"] };',
      entities: [entity("User::ann", {}, ["Team::x", "Team::y"])],
    }),
    ['`User::"ann"` is in `Team::"x"`, must not be; `User::"ann"` is in `Team::"y"`, must not be'],
  );
});

test("a value that was in vain for one condition is still tried for another", () => {
  assert.deepEqual(
    sentences({
      policies: `
        @id("p") permit(principal, action, resource);
        @id("f") forbid(principal, action, resource)
          when { resource.kind == resource.kind }
          when { principal.active || resource.kind == "b" };`,
      entities: [entity("User::ann", { active: true }), entity("Doc::plan", { kind: "b" })],
    }).map((text) => text.replace(/, as .*/, "")),
    [
      '`principal.active` is `true`, must be `false`; `resource.kind` is `"b"`, must be such that `resource.kind == "b"` is false',
    ],
  );
});

const SCHEMA = `
entity Team in [Team];
entity Role enum ["reader", "writer"];
entity User in [Team] { role: Role, nick?: String, lead: Bool };
entity Doc { owner: User, device?: { managed: Bool, encrypted: Bool } };
action read appliesTo { principal: [User], resource: [Doc], context: { now: datetime } };
`;
const TYPED = [
  entity("User::ann", { role: { type: "Role", id: "reader" }, lead: true } as never, ["Team::a"]),
  entity("Team::a", {}, ["Team::b"]),
  entity("Doc::plan", { owner: { type: "User", id: "ann" } } as never),
];

test("suggestions keep to the schema", () => {
  const typed = (policies: string) => sentences({ policies, schema: SCHEMA, entities: TYPED });
  assert.deepEqual(typed('permit(principal, action, resource) when { principal.role == Role::"writer" };'), [
    '`principal.role` is `Role::"reader"`, must equal `Role::"writer"`',
  ]);
  assert.deepEqual(typed("permit(principal, action, resource) unless { resource has owner };"), []);
  assert.deepEqual(typed('permit(principal in Team::"c", action, resource);'), [
    '`User::"ann"` is not in `Team::"c"`, must be',
  ]);
  assert.deepEqual(
    typed("permit(principal, action, resource) when { resource has device && resource.device.encrypted };"),
    [
      "`resource.device` is absent, must be such that `resource.device.encrypted`, as `{encrypted: true, managed: true}` is",
    ],
  );
});

test("links of templates are turned by the entity that fills the slot", () => {
  const { bundle, facts } = explainSituation({
    policies: '@id("t") permit(principal in ?principal, action, resource) when { resource.open };',
    entities: [entity("Doc::plan", { open: false })],
  });
  assert.ok(facts !== undefined);
  const values = { "?principal": { type: "Team", id: "x" } } as const;
  const linked = {
    ...bundle,
    policies: { ...bundle.policies, templateLinks: [{ templateId: "t", newId: "link", values }] },
  };
  assert.deepEqual(turnDecision(linked, facts).suggestions[0]?.texts, [
    '`User::"ann"` is not in `Team::"x"`, must be',
    "`resource.open` is `false`, must be `true`",
  ]);
});

test("an allow is turned by a forbid, or by taking away what every permit relies on", () => {
  assert.deepEqual(
    turn({
      policies: `
        @id("a") permit(principal, action, resource) when { principal.lead || principal.owner };
        @id("b") permit(principal in Team::"x", action, resource);
        @id("no") forbid(principal, action, resource) when { context.risk > 3 };`,
      entities: [entity("User::ann", { lead: true, owner: false }, ["Team::x"])],
      request: { context: { risk: 1 } },
    }).suggestions.map(({ texts, policies, lifts }) => [texts.join("; "), policies, lifts]),
    [
      ["`context.risk` is `1`, must be more than `3`, as `4` is", ["no"], ["a", "b"]],
      [
        '`principal.lead` is `true`, must be `false`; `User::"ann"` is in `Team::"x"`, must not be',
        [],
        ["a", "b"],
      ],
    ],
  );
});

test("a bound that was reached is said, never passed over", () => {
  const conditions = ["a", "b", "c", "d", "e"].map((name) => `context.${name} > 1`).join(" && ");
  const found = turn({ policies: `@id("p") permit(principal, action, resource) when { ${conditions} };` });
  assert.deepEqual([found.suggestions, found.complete], [[], false]);
  assert.deepEqual(found.bounds, ["`p`: sets of more than 4 changes were not looked at"]);
  const wider = turn(
    { policies: `permit(principal, action, resource) when { ${conditions} };` },
    { limits: { changes: 5 } },
  );
  assert.equal(wider.suggestions[0]?.changes.length, 5);
  const short = turn(
    { policies: `@id("p") permit(principal, action, resource) when { ${conditions} };` },
    { limits: { states: 3 } },
  );
  assert.deepEqual(short.bounds, ["`p`: stopped after 3 sets of changes"]);
});

test("changes are data, and leave the facts they are applied to alone", () => {
  const { facts } = explainSituation(permitWhen("principal.level > 5"));
  const { suggestions } = turn(permitWhen('principal.office.city == "Köln" && principal in Team::"x"'));
  assert.ok(facts !== undefined);
  assert.deepEqual(suggestions[0]?.changes, [
    {
      kind: "set",
      path: "principal.office.city",
      entity: 'User::"ann"',
      at: ["office", "city"],
      tag: false,
      from: "Bonn",
      to: "Köln",
    },
    { kind: "add_parent", entity: 'User::"ann"', parent: 'Team::"x"' },
  ]);
  const changed = applyChanges(facts, suggestions[0]?.changes ?? []);
  assert.notEqual(changed.entities, facts.entities);
  assert.equal(changed.entities.get(changed.request.principal)?.parents.length, 2);
  assert.equal(facts.entities.get(facts.request.principal)?.parents.length, 1);
});
