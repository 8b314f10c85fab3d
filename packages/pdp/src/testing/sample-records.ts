import type { DecisionRecordInput } from "../log/record.js";

/** A plausible decision number `n`, the same each time; `changes` replaces members. */
export function sampleRecord(n: number, changes: Partial<DecisionRecordInput> = {}): DecisionRecordInput {
  const principal = { type: "User", id: `user-${n % 7}` };
  const resource = { type: n % 5 === 0 ? "Invoice" : "Ticket", id: `thing-${n % 11}` };
  const denied = n % 3 === 0;
  return {
    id: `0192f000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`,
    time: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    caller: n % 2 === 0 ? "helpdesk" : "billing",
    traceId: n % 4 === 0 ? "4bf92f3577b34da6a3ce929d0e0e4736" : null,
    bundleId: "b".repeat(64),
    request: {
      principal,
      action: { type: "Action", id: n % 2 === 0 ? "ticket:read" : "ticket:close" },
      resource,
      context: { ip: { __extn: { fn: "ip", arg: `10.0.0.${n % 200}` } }, now: 1_767_225_600_000 + n },
      added: ["now"],
    },
    entities: [
      {
        uid: principal,
        attrs: { department: "support", clearance: n % 4 },
        ancestors: [{ type: "Team", id: "emea" }],
        from: { department: "static", clearance: "static" },
      },
      { uid: resource, attrs: { severity: n % 5 }, ancestors: [], from: { severity: "caller" } },
    ],
    decision: denied ? "deny" : "allow",
    reasonCode: denied ? "no_permit" : "permitted",
    policies: denied ? [] : [`policy-${n % 4}`],
    errors: n % 10 === 0 ? [{ policyId: "broken", message: "attribute `x` not found" }] : [],
    obligations: [],
    durationUs: 40 + n,
    ...changes,
  };
}
