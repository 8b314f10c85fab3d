import type { Decider, Planner } from "@cordon/engine";
import { cordon, decisionOf, isObliged } from "@cordon/gates/express";
import type { EntityMapping } from "@cordon/planner";
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import { buttonsFor } from "./buttons.js";
import type { Customer, Desk } from "./desk.js";
import { credentials, PASSED_ON, personOf } from "./identity.js";
import { ROUTES } from "./routes.js";
import { ticketList } from "./ticket-list.js";

export interface AppOptions {
  desk: Desk;
  decider: Pick<Decider & Planner, "decide" | "plan">;
  mappings: readonly EntityMapping[];
}

/**
 * The help desk's API. No handler asks who may do what: by the time one runs, the gate has an allow for
 * exactly this request.
 */
export function helpdesk({ desk, decider, mappings }: AppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(express.json({ limit: "16kb" }));
  app.use(
    cordon({
      decider,
      routes: ROUTES,
      obligations: ["mask-contact"],
      identify: personOf,
      credentials: PASSED_ON,
    }),
  );
  app.get("/health", (_, res) => {
    res.json({ ok: true });
  });
  app.get("/tickets", ticketList(desk, decider, mappings));
  // With it the desk's people can ask why: `cordon log show ID --why`.
  app.use((req, res, next) => {
    res.set("X-Decision-Id", decisionOf(req).id);
    next();
  });
  ticketHandlers(app, desk, decider);
  customerHandlers(app, desk);
  invoiceHandlers(app, desk);
  app.use(brokenRequest);
  return app;
}

function ticketHandlers(app: Express, desk: Desk, decider: Pick<Decider, "decide">): void {
  app.get("/tickets/:id", async (req, res, next) => {
    const ticket = await desk.ticket(req.params.id);
    const customer = ticket && (await desk.customer(ticket.customer));
    if (!ticket || !customer) return next();
    const contact = contactOf(customer, isObliged(req, "mask-contact"));
    res.json({ ...ticket, contact, comments: await desk.commentsOn(ticket.id) });
  });
  app.get("/tickets/:id/buttons", async (req, res, next) => {
    const person = personOf(req);
    if (person === null) return next();
    const ticket = { type: "Ticket", id: req.params.id } as const;
    res.json(await buttonsFor(person, ticket, credentials(req), decider));
  });
  app.post(
    "/tickets/:id/comments",
    answer(201, (req) =>
      desk.comment(idOf(req.params), personOf(req)?.id ?? "", String(req.body?.text ?? "")),
    ),
  );
  app.post(
    "/tickets/:id/close",
    answer(200, (req) => desk.close(idOf(req.params))),
  );
}

function customerHandlers(app: Express, desk: Desk): void {
  app.get("/customers/:id", async (req, res, next) => {
    const customer = await desk.customer(req.params.id);
    if (!customer) return next();
    const { id, name, plan } = customer;
    res.json({ id, name, plan, contact: contactOf(customer, isObliged(req, "mask-contact")) });
  });
  app.get("/customers/:id/export", async (req, res, next) => {
    const customer = await desk.customer(req.params.id);
    if (!customer) return next();
    res.attachment(`${customer.id}.json`).json({ customer, tickets: await desk.ticketsOf(customer.id) });
  });
}

function invoiceHandlers(app: Express, desk: Desk): void {
  app.get(
    "/invoices/:id",
    answer(200, (req) => desk.invoice(idOf(req.params))),
  );
  app.post("/invoices/:id/refund", async (req, res) => {
    const invoice = await desk.refund(req.params.id, req.body.amount);
    if (invoice === undefined)
      return void res.status(409).json({ title: "Not that much is left", status: 409 });
    res.json(invoice);
  });
}

const idOf = (params: Record<string, string | string[]>) => String(params.id);

/** Answers with what there is, or as if there were no such route. */
function answer(status: number, find: (req: Parameters<RequestHandler>[0]) => Promise<object | undefined>) {
  const handler: RequestHandler = async (req, res, next) => {
    const found = await find(req);
    if (found === undefined) return next();
    res.status(status).json(found);
  };
  return handler;
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
