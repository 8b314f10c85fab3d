import type { Decider } from "@cordon/engine";
import { cordon, decisionOf, isObliged } from "@cordon/gates/express";
import express, { type ErrorRequestHandler, type Express, type Request } from "express";
import { buttonsFor } from "./buttons.js";
import { type Customer, type Desk, ticketEntity } from "./desk.js";
import { circumstances } from "./edge.js";
import { routes } from "./routes.js";
import type { Session, Sessions } from "./session.js";

export interface AppOptions {
  desk: Desk;
  decider: Pick<Decider, "decide">;
  sessions: Sessions;
  edgeKey: string;
}

/**
 * The help desk's API. No handler asks who may do what: by the time one runs, the gate has an allow for
 * exactly this request.
 */
export function helpdesk({ desk, decider, sessions, edgeKey }: AppOptions): Express {
  const app = express();
  const session = (req: Request): Session | null => sessions.verify(req.get("authorization"));
  const circumstancesOf = (req: Request) => ({
    ...circumstances(req.headers, edgeKey),
    mfa: session(req)?.mfa ?? false,
  });
  app.disable("x-powered-by");
  app.use(express.json({ limit: "16kb" }));
  app.use(
    cordon({
      decider,
      routes: routes(desk),
      obligations: ["mask-contact"],
      identify: (req) => {
        const found = session(req);
        return found && { type: found.type, id: found.id };
      },
      context: circumstancesOf,
    }),
  );
  app.get("/health", (_, res) => {
    res.json({ ok: true });
  });
  // With it the desk's people can ask why: `cordon log show ID --why`.
  app.use((req, res, next) => {
    res.set("X-Decision-Id", decisionOf(req).id);
    next();
  });
  ticketHandlers(app, desk, (req) => session(req)?.id ?? "");
  app.get("/tickets/:id/buttons", async (req, res, next) => {
    const [ticket, signedIn] = [desk.tickets.get(req.params.id), session(req)];
    if (!ticket || !signedIn) return next();
    res.json(await buttonsFor(signedIn, ticketEntity(ticket), circumstancesOf(req), decider));
  });
  customerHandlers(app, desk);
  invoiceHandlers(app, desk);
  app.use(brokenRequest);
  return app;
}

function ticketHandlers(app: Express, desk: Desk, author: (req: Request) => string): void {
  app.get("/tickets/:id", (req, res, next) => {
    const ticket = desk.tickets.get(req.params.id);
    const customer = ticket && desk.customers.get(ticket.customer.id);
    if (!ticket || !customer) return next();
    res.json({ ...ticket, contact: contactOf(customer, isObliged(req, "mask-contact")) });
  });
  app.post("/tickets/:id/comments", (req, res, next) => {
    const ticket = desk.tickets.get(req.params.id);
    if (!ticket) return next();
    const comment = { by: author(req), text: String(req.body?.text ?? ""), at: new Date().toISOString() };
    ticket.comments.push(comment);
    res.status(201).json(comment);
  });
  app.post("/tickets/:id/close", (req, res, next) => {
    const ticket = desk.tickets.get(req.params.id);
    if (!ticket) return next();
    ticket.status = "closed";
    ticket.closedAt = new Date().toISOString();
    res.json(ticket);
  });
}

function customerHandlers(app: Express, desk: Desk): void {
  app.get("/customers/:id", (req, res, next) => {
    const customer = desk.customers.get(req.params.id);
    if (!customer) return next();
    const { id, name, plan } = customer;
    res.json({ id, name, plan, contact: contactOf(customer, isObliged(req, "mask-contact")) });
  });
  app.get("/customers/:id/export", (req, res, next) => {
    const customer = desk.customers.get(req.params.id);
    if (!customer) return next();
    res.attachment(`${customer.id}.json`).json({ customer, tickets: desk.ticketsOf(customer.id) });
  });
}

function invoiceHandlers(app: Express, desk: Desk): void {
  app.get("/invoices/:id", (req, res, next) => {
    const invoice = desk.invoices.get(req.params.id);
    if (!invoice) return next();
    res.json(invoice);
  });
  app.post("/invoices/:id/refund", (req, res, next) => {
    const invoice = desk.invoices.get(req.params.id);
    if (!invoice) return next();
    // Another refund may have gone through while this one was being decided.
    const refunded = invoice.refunded + req.body.amount;
    if (refunded > invoice.amount) return void res.sendStatus(409);
    invoice.refunded = refunded;
    res.json(invoice);
  });
}

/** `Mara Vogel <mara@…>`, or her initials where the decision obliges us to hide who she is. */
function contactOf({ contactName, contactEmail }: Customer, masked: boolean): string {
  return masked ? contactName.replace(/(\p{L})\p{L}*/gu, "$1.") : `${contactName} <${contactEmail}>`;
}

const brokenRequest: ErrorRequestHandler = (error, _req, res, _next) => {
  const status = error.status >= 400 && error.status < 500 ? error.status : 500;
  if (status === 500) console.error(error);
  res.status(status).type("application/problem+json");
  res.send(
    JSON.stringify({ type: "about:blank", title: status === 500 ? "Internal Error" : "Bad Request", status }),
  );
};
