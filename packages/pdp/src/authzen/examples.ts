/** Requests to show, answered as they stand by the help desk example. */
export const EVALUATION_EXAMPLE = {
  subject: { type: "User", id: "ann" },
  action: { name: "ticket:read" },
  resource: { type: "Ticket", id: "T-1001" },
  context: { country: "NL", device: { managed: true, encrypted: true } },
};

export const EVALUATIONS_EXAMPLE = {
  subject: EVALUATION_EXAMPLE.subject,
  action: EVALUATION_EXAMPLE.action,
  evaluations: [
    { resource: { type: "Ticket", id: "T-1001" } },
    { action: { name: "ticket:close" }, resource: { type: "Ticket", id: "T-1002" } },
  ],
  options: { evaluations_semantic: "execute_all" },
};

/** How defaults, order and errors of a batch work, for people. */
export const EVALUATIONS_RULES =
  "Top-level `subject`, `action`, `resource` and `context` are defaults; an item replaces a default as a whole, and falls back to it only for a required member (`type`, `id`, `name`) that it leaves out. Answers keep the order of the items. An item that is malformed is answered with a deny and `context.error`. With `deny_on_first_deny` and `permit_on_first_permit` the answer ends with the item that decided. Without `evaluations` the request is a single evaluation.";
