import type { RouteRule } from "@cordon/gates/express";
import { type Desk, ticketEntity } from "./desk.js";

/**
 * What each route does to which thing, in the order in which the application registers them.
 *
 * The decision server knows tickets and invoices from the project's files. What changes while the
 * application runs (a ticket's status, what was refunded) is told with the question, so that the decision
 * is about things as they are now.
 */
export function routes(desk: Desk): RouteRule[] {
  const ticket: Resource = (_, { id = "" }) => {
    const found = desk.tickets.get(id);
    return found ? ticketEntity(found) : { type: "Ticket", id };
  };
  const customer: Resource = (_, { id = "" }) => ({ type: "Customer", id });
  const invoice: Resource = (_, { id = "" }) => {
    const found = desk.invoices.get(id);
    if (!found) return { type: "Invoice", id };
    return { type: "Invoice", id, properties: { status: found.status, refunded: found.refunded } };
  };
  return [
    { method: "GET", path: "/health", public: true },
    { method: "GET", path: "/tickets/:id", action: "ticket:read", resource: ticket },
    { method: "GET", path: "/tickets/:id/buttons", action: "ticket:read", resource: ticket },
    { method: "POST", path: "/tickets/:id/comments", action: "ticket:comment", resource: ticket },
    { method: "POST", path: "/tickets/:id/close", action: "ticket:close", resource: ticket },
    { method: "GET", path: "/customers/:id", action: "customer:read", resource: customer },
    { method: "GET", path: "/customers/:id/export", action: "customer:export", resource: customer },
    { method: "GET", path: "/invoices/:id", action: "invoice:read", resource: invoice },
    {
      method: "POST",
      path: "/invoices/:id/refund",
      action: (req) => ({ name: "invoice:refund", properties: { amount: req.body?.amount } }),
      resource: invoice,
    },
  ];
}

type Resource = Extract<RouteRule, { action: unknown }>["resource"];
