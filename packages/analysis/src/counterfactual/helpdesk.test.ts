import assert from "node:assert/strict";
import { test } from "node:test";
import { turnDecision } from "./counterfactual.js";
import { askHelpdesk } from "./testing-internal/helpdesk.js";

const OFFICE = { country: "DE", device: { managed: true, encrypted: true } };

type Case = [name: string, question: Parameters<typeof askHelpdesk>, ...suggestions: (string | string[])[]];

const CASES: Case[] = [
  [
    "bob reads a confidential ticket",
    ["User::bob", "ticket:read", "Ticket::T-1004"],
    "`resource.confidential` is `true`, must be `false`",
    "`principal.clearance` is `2`, must be at least `4`",
  ],
  [
    "ann exports from the US",
    ["User::ann", "customer:export", "Customer::brightwater", { ...OFFICE, country: "US" }],
    '`context.country` is `"US"`, must be one of `resource.region.countries`, `["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", …`, as `"AT"` is',
    '`resource.region.countries` is `["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", …`, must contain `context.country`, `"US"`',
  ],
  [
    "ann exports, and nothing is known of where and how",
    ["User::ann", "customer:export", "Customer::brightwater"],
    [
      '`context.country` is absent, must be one of `resource.region.countries`, `["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", …`, as `"AT"` is',
      "`context.device` is absent, must be such that `context.device.managed` and `context.device.encrypted`, as `{encrypted: true, managed: true}` is",
    ],
  ],
  [
    "an outage is closed by one who leads nobody",
    ["User::cleo", "ticket:close", "Ticket::T-1002", { at: "2026-11-24T15:00:00Z" }],
    "`resource.severity` is `1`, must not equal `1`, as `2` is",
    '`User::"cleo"` is not in `Group::"support-leads"`, must be',
  ],
  [
    "bob comments after his shift",
    ["User::bob", "ticket:comment", "Ticket::T-1001", { at: "2026-11-24T23:30:00Z" }],
    '`context.now` is `datetime("2026-11-24T23:30:00Z")`, must be such that `context.now.toTime() >= principal.shift.start` and `context.now.toTime() < principal.shift.end`, as `datetime("2026-11-24T16:29:59.999Z")` is',
    '`principal.shift.end` is `duration("16h30m")`, must be more than `context.now.toTime()`, `duration("23h30m")`, as `duration("23h30m1ms")` is',
  ],
  [
    "finn refunds more than he may",
    [
      "User::finn",
      { name: "invoice:refund", properties: { amount: 60_000 } },
      "Invoice::INV-2002",
      { mfa: true },
    ],
    "`context.action.amount` is `60000`, must be at most `principal.refundLimit`, `50000`",
    "`principal.refundLimit` is `50000`, must be at least `context.action.amount`, `60000`",
  ],
  [
    "jack left the company",
    ["User::jack", "ticket:read", "Ticket::T-1001"],
    "`principal.active` is `false`, must be `true`",
  ],
  [
    "a contractor exports",
    ["User::dev", "customer:export", "Customer::sakura", { ...OFFICE, country: "JP" }],
    '`User::"dev"` is in `Group::"contractors"`, must not be',
  ],
];

test("the help desk's denials are turned by what their people would expect", async (t) => {
  for (const [name, question, ...suggestions] of CASES) {
    await t.test(name, () => {
      const { bundle, authorizer, facts, decision } = askHelpdesk(...question);
      assert.ok(facts !== undefined && decision === "deny");
      const turned = turnDecision(bundle, facts, { authorizer });
      const nearest = turned.suggestions.slice(0, suggestions.length);
      assert.deepEqual(
        nearest.map(({ texts }) => texts),
        suggestions.map((texts) => [texts].flat()),
      );
    });
  }
});
