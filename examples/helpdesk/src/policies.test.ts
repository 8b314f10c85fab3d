import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ActionInput, Decider } from "@cordon/engine";
import { openProject, type ProjectDecider } from "@cordon/pdp";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const NOON = "2026-11-24T12:00:00Z";
const NIGHT = "2026-11-24T23:30:00Z";
const OFFICE = { country: "DE", device: { managed: true, encrypted: true } };

const ASSISTED = { actor: { type: "Agent", id: "assistant" } };

/** What each policy is for, told by people: who, does what, to what, in which circumstances, and why so. */
type Case = [
  who: string,
  action: ActionInput,
  resource: string,
  circumstances: Record<string, unknown> & { at?: string },
  decision: "allow" | "deny",
  because: string,
];

const refund = (amount: number): ActionInput => ({ name: "invoice:refund", properties: { amount } });

const CASES: Case[] = [
  ["User::bob", "ticket:read", "Ticket::T-1003", {}, "deny", "no_permit"],
  ["User::kim", "ticket:read", "Ticket::T-1003", {}, "allow", "support-reads-what-its-regions-ask"],
  ["User::bob", "customer:read", "Customer::lumen", {}, "allow", "support-reads-what-its-regions-ask"],
  ["User::bob", "ticket:comment", "Ticket::T-1001", { at: NOON }, "allow", "assignee-works-on-ticket"],
  ["User::bob", "ticket:comment", "Ticket::T-1001", { at: NIGHT }, "deny", "changes-only-during-your-shift"],
  ["User::bob", "ticket:read", "Ticket::T-1001", { at: NIGHT }, "allow", "assignee-works-on-ticket"],
  [
    "User::cleo",
    "ticket:comment",
    "Ticket::T-1002",
    { at: "2026-11-24T15:00:00Z" },
    "allow",
    "second-line-takes-over-urgent-tickets",
  ],
  ["User::cleo", "ticket:comment", "Ticket::T-1002", { at: NOON }, "deny", "changes-only-during-your-shift"],
  [
    "User::cleo",
    "ticket:close",
    "Ticket::T-1002",
    { at: "2026-11-24T15:00:00Z" },
    "deny",
    "outages-are-closed-by-leads",
  ],
  ["User::ann", "ticket:close", "Ticket::T-1002", {}, "allow", "leads-run-their-queue"],
  ["User::ann", "ticket:assign", "Ticket::T-1001", {}, "allow", "leads-run-their-queue"],
  ["User::bob", "ticket:assign", "Ticket::T-1001", {}, "deny", "no_permit"],
  ["User::ann", "ticket:reopen", "Ticket::T-1005", {}, "deny", "old-tickets-stay-closed"],
  ["User::eve", "ticket:comment", "Ticket::T-1002", {}, "allow", "on-call-helps-in-outages"],
  ["User::eve", "ticket:comment", "Ticket::T-1007", {}, "deny", "no_permit"],
  ["User::eve", "ticket:read", "Ticket::T-1001", {}, "deny", "no_permit"],
  [
    "Contact::mara@brightwater.example",
    "ticket:read",
    "Ticket::T-1001",
    {},
    "allow",
    "customers-follow-their-tickets",
  ],
  ["Contact::mara@brightwater.example", "ticket:read", "Ticket::T-1003", {}, "deny", "no_permit"],
  [
    "Contact::mara@brightwater.example",
    "ticket:close",
    "Ticket::T-1001",
    {},
    "deny",
    "action_not_applicable",
  ],
  ["User::bob", "ticket:read", "Ticket::T-1004", {}, "deny", "confidential-tickets-need-clearance"],
  ["User::ann", "ticket:read", "Ticket::T-1004", {}, "allow", "support-reads-what-its-regions-ask"],
  [
    "User::ivy",
    "customer:update",
    "Customer::brightwater",
    {},
    "allow",
    "account-managers-look-after-their-customers",
  ],
  ["User::ivy", "customer:update", "Customer::lumen", {}, "deny", "legal-hold-keeps-everything"],
  ["User::ivy", "ticket:read", "Ticket::T-1001", {}, "allow", "account-managers-look-after-their-customers"],
  ["User::ivy", "customer:read", "Customer::cobalt", {}, "deny", "no_permit"],
  [
    "User::ann",
    "customer:export",
    "Customer::brightwater",
    OFFICE,
    "allow",
    "leads-export-customers-of-their-regions",
  ],
  ["User::ann", "customer:export", "Customer::brightwater", {}, "deny", "personal-data-stays-in-its-region"],
  [
    "User::ann",
    "customer:export",
    "Customer::brightwater",
    { ...OFFICE, country: "US" },
    "deny",
    "personal-data-stays-in-its-region",
  ],
  [
    "User::ann",
    "customer:export",
    "Customer::brightwater",
    { country: "DE" },
    "deny",
    "personal-data-needs-a-managed-device",
  ],
  [
    "User::ann",
    "customer:export",
    "Customer::brightwater",
    { ...OFFICE, device: { managed: true, encrypted: false } },
    "deny",
    "personal-data-needs-a-managed-device",
  ],
  ["User::ann", "customer:export", "Customer::cobalt", { ...OFFICE, country: "US" }, "deny", "no_permit"],
  [
    "User::dev",
    "customer:export",
    "Customer::sakura",
    { ...OFFICE, country: "JP" },
    "deny",
    "contractors-never-touch-personal-data",
  ],
  ["User::jack", "ticket:read", "Ticket::T-1001", {}, "deny", "former-staff-do-nothing"],
  [
    "User::hana",
    "customer:export",
    "Customer::brightwater",
    OFFICE,
    "allow",
    "privacy-office-exports-and-erases",
  ],
  [
    "User::hana",
    "customer:erase",
    "Customer::lumen",
    { ...OFFICE, country: "GB" },
    "deny",
    "legal-hold-keeps-everything",
  ],
  ["User::finn", "invoice:read", "Invoice::INV-2001", {}, "allow", "finance-reads-invoices"],
  [
    "User::finn",
    refund(48_000),
    "Invoice::INV-2001",
    { mfa: true },
    "allow",
    "billing-refunds-up-to-its-limit",
  ],
  [
    "User::finn",
    refund(48_001),
    "Invoice::INV-2001",
    { mfa: true },
    "deny",
    "refunds-never-exceed-the-invoice",
  ],
  ["User::finn", refund(0), "Invoice::INV-2001", { mfa: true }, "deny", "refunds-never-exceed-the-invoice"],
  ["User::finn", refund(48_000), "Invoice::INV-2001", {}, "deny", "money-needs-a-second-factor"],
  ["User::finn", refund(60_000), "Invoice::INV-2002", { mfa: true }, "deny", "no_permit"],
  ["User::gwen", refund(1_000), "Invoice::INV-2001", { mfa: true }, "deny", "money-takes-two-people"],
  ["User::gwen", "invoice:void", "Invoice::INV-2003", { mfa: true }, "allow", "finance-leads-void-invoices"],
  ["User::finn", "invoice:void", "Invoice::INV-2003", { mfa: true }, "deny", "money-takes-two-people"],
  [
    "Service::status-page",
    "ticket:read",
    "Ticket::T-1002",
    { ip: "10.20.3.4" },
    "allow",
    "status-page-reads-from-inside",
  ],
  ["Service::status-page", "ticket:read", "Ticket::T-1002", { ip: "10.21.0.1" }, "deny", "no_permit"],
  ["User::bob", "ticket:read", "Ticket::T-1001", ASSISTED, "allow", "assistant-helps-with-tickets"],
  ["User::bob", "ticket:close", "Ticket::T-1001", ASSISTED, "deny", "no_permit"],
];

let project: ProjectDecider;
let now = new Date(NOON);
before(async () => {
  project = await openProject(PROJECT, { log: false, watch: false, clock: () => now });
});
after(() => project.close());

const uid = (text: string) => {
  const at = text.indexOf("::");
  return { type: text.slice(0, at), id: text.slice(at + 2) };
};

async function decide(decider: Decider, [who, action, resource, { at = NOON, ...context }]: Case) {
  now = new Date(at);
  return decider.decide({ principal: uid(who), action, resource: uid(resource), context });
}

for (const each of CASES) {
  const [who, action, resource, circumstances, expected, because] = each;
  const name = typeof action === "string" ? action : `${action.name} ${JSON.stringify(action.properties)}`;
  test(`${expected}: ${who} ${name} ${resource} ${JSON.stringify(circumstances)}`, async () => {
    const { decision, policies, reason, errors } = await decide(project, each);
    assert.equal(decision, expected);
    assert.deepEqual(errors, []);
    const reasons = [reason.code, ...policies.map(({ id }) => id)];
    assert.ok(reasons.includes(because), `because of ${reasons.join(", ")}`);
  });
}

test("every policy has an id and a reason, and every one decides some case above", async () => {
  const ids = Object.entries(project.bundle.policies.staticPolicies).map(([id, { annotations }]) => {
    assert.equal(annotations?.id, id);
    assert.match(annotations?.reason ?? "", /^[A-Z].*\.$/, id);
    return id;
  });
  const decisive = new Set(CASES.map(([, , , , , because]) => because));
  assert.deepEqual(
    ids.filter((id) => !decisive.has(id)),
    [],
  );
});
