import { readFileSync } from "node:fs";
import { type Planner, PlanUnavailable } from "@cordon/engine";
import { compileSql, type EntityMapping, parseMappings, parsePredicate } from "@cordon/planner";
import type { Request, RequestHandler } from "express";
import { parse } from "yaml";
import type { Desk, TicketFilter } from "./desk.js";
import { credentials, personOf } from "./identity.js";

const MOST = 5_000;
const USUAL = 20;

/**
 * The tickets that whoever asks may read. The policies become the condition of one query, so that neither the list
 * nor its total has a ticket too many, and no ticket is asked about by itself.
 */
export function ticketList(
  desk: Desk,
  planner: Pick<Planner, "plan">,
  mappings: readonly EntityMapping[],
): RequestHandler {
  return async (req, res) => {
    const person = personOf(req);
    if (person === null) return void problem(res, 401);
    const filter = await filterFor(req, person).catch((error: unknown) => {
      if (error instanceof PlanUnavailable) return 503;
      throw error;
    });
    if (typeof filter === "number") return void problem(res, filter);
    const limit = Math.min(Math.max(Number(req.query.limit) || USUAL, 1), MOST);
    res.json(await desk.tickets(filter, limit));
  };

  async function filterFor(
    req: Request,
    principal: { type: string; id: string },
  ): Promise<TicketFilter | number> {
    const plan = await planner.plan({
      principal,
      action: "ticket:read",
      resourceType: "Ticket",
      credentials: credentials(req),
    });
    if (plan.reason?.code === "identity_unverified") return 401;
    if (plan.reason?.code === "source_unavailable") return 503;
    if (plan.outcome !== "when") return { sql: plan.outcome === "always" ? "true" : "false", parameters: [] };
    return compileSql(parsePredicate(plan.predicate), {
      dialect: "postgres",
      mappings,
      alias: "t",
      // Regions are in no table: the plan has counted out which are below which.
      isStatic: (type) => type === "Region",
    });
  }
}

/** Where entities lie in the database, from the same lines by which the decision server reads them. */
export function mappingsOf(projectDirectory: string): readonly EntityMapping[] {
  const settings = parse(readFileSync(`${projectDirectory}/cordon.yaml`, "utf8"));
  return parseMappings(settings.sources.desk.types);
}

function problem(res: Parameters<RequestHandler>[1], status: number): void {
  const title = status === 401 ? "Unauthorized" : "Service Unavailable";
  res.status(status).type("application/problem+json");
  res.send(JSON.stringify({ type: "about:blank", title, status }));
}
