import type { RouteRule } from "@cordon/gates/express";

/**
 * What each route does to which thing, in the order in which the application registers them. An id is all that the
 * decision server needs: it reads the same database.
 */
export const ROUTES: readonly RouteRule[] = [
  { method: "GET", path: "/health", public: true },
  // No decision about one thing: its handler asks which tickets there are for whoever asks.
  { method: "GET", path: "/tickets", public: true },
  { method: "GET", path: "/tickets/:id", action: "ticket:read", resource: byId("Ticket") },
  { method: "GET", path: "/tickets/:id/buttons", action: "ticket:read", resource: byId("Ticket") },
  { method: "POST", path: "/tickets/:id/comments", action: "ticket:comment", resource: byId("Ticket") },
  { method: "POST", path: "/tickets/:id/close", action: "ticket:close", resource: byId("Ticket") },
  { method: "GET", path: "/customers/:id", action: "customer:read", resource: byId("Customer") },
  { method: "GET", path: "/customers/:id/export", action: "customer:export", resource: byId("Customer") },
  { method: "GET", path: "/invoices/:id", action: "invoice:read", resource: byId("Invoice") },
  {
    method: "POST",
    path: "/invoices/:id/refund",
    action: (req) => ({ name: "invoice:refund", properties: { amount: req.body?.amount } }),
    resource: byId("Invoice"),
  },
];

function byId(type: string): Extract<RouteRule, { action: unknown }>["resource"] {
  return (_, { id = "" }) => ({ type, id });
}
