import type { Decision } from "@cordon/engine";
import { RequestError } from "@cordon/engine";
import type { Request, RequestHandler } from "express";
import { credentialsOf } from "./credentials.js";
import { within } from "./deadline.js";
import type { CordonOptions, GuardedRoute, RouteRule } from "./express-options.js";
import { type Refusal, sendProblem } from "./problem.js";
import { type PathParameters, RouteTable } from "./route-table.js";

export { type CredentialOptions, credentialsOf } from "./credentials.js";
export type { CordonOptions, GuardedRoute, PublicRoute, RouteRule } from "./express-options.js";
export { type PathParameters, RouteRuleError } from "./route-table.js";

const decisions = new WeakMap<Request, Decision>();

/** The decision that let this request through. @throws where no gate has decided: a wiring mistake */
export function decisionOf(req: Request): Decision {
  const decision = decisions.get(req);
  if (!decision) throw new Error("no decision was made for this request");
  return decision;
}

/** Whether the decision that let this request through asks for `obligation`. */
export function isObliged(req: Request, obligation: string): boolean {
  return decisionOf(req).obligations.some(({ id }) => id === obligation);
}

/**
 * Express middleware that lets a request pass only with an explicit allow. Use it after what it reads
 * from (body parser, session) and before every route; nothing may rewrite `req.url` or `req.method`
 * between the two, and `next("route")` leads to a route that was not asked about.
 *
 * @throws RouteRuleError for a path it can't read, or a rule that an earlier one hides
 */
export function cordon(options: CordonOptions): RequestHandler {
  const table = new RouteTable(options.routes, { caseSensitive: options.caseSensitive ?? false });
  const report = options.onError ?? reportOnOneLine;
  return async (req, res, next) => {
    const verdict = await judge(options, table, req).catch((error: unknown) => {
      report(error, req);
      return error instanceof RequestError ? MALFORMED : UNDECIDED;
    });
    if (verdict === "public") return next();
    if ("status" in verdict) return sendProblem(res, verdict);
    decisions.set(req, verdict);
    next();
  };
}

/** One line, whatever a caller got into the message. */
function reportOnOneLine(error: unknown, req: Request): void {
  console.error(`cordon: ${req.method} ${req.path} was not decided: ${JSON.stringify(String(error))}`);
}

const MALFORMED: Refusal = { status: 400, detail: "the request is malformed" };
const UNKNOWN_ROUTE: Refusal = { status: 403, detail: "nothing is offered here" };
const UNIDENTIFIED: Refusal = { status: 401, detail: "sign in first" };
const UNDECIDED: Refusal = { status: 503, detail: "whether this is allowed cannot be decided at the moment" };

async function judge(options: CordonOptions, table: RouteTable<RouteRule>, req: Request) {
  const match = table.match(req.method, req.path);
  if (!match) return UNKNOWN_ROUTE;
  if (match.kind === "malformed") return MALFORMED;
  const { rule, params } = match;
  if (rule.public) return "public";
  const answer = await within(options.timeoutMs ?? 5_000, (signal) =>
    ask(options, rule, params, req, signal),
  );
  if ("status" in answer) return answer;
  return answer.decision === "allow" && isHonoured(options, answer) ? answer : refusal(answer);
}

/** W3C Trace Context: an all-zero trace id is not one. */
const TRACEPARENT = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-/;

async function ask(
  options: CordonOptions,
  rule: GuardedRoute,
  params: PathParameters,
  req: Request,
  signal: AbortSignal,
): Promise<Decision | Refusal> {
  const principal = await options.identify(req);
  if (principal === null || principal === undefined) return UNIDENTIFIED;
  const action = typeof rule.action === "string" ? rule.action : rule.action(req, params);
  const resource = await rule.resource(req, params);
  const context = (await options.context?.(req)) ?? {};
  const traceId = TRACEPARENT.exec(req.get("traceparent") ?? "")?.[1];
  const credentials = credentialsOf(options.credentials, req);
  const asked = {
    principal,
    action,
    resource,
    context,
    ...(credentials === undefined ? {} : { credentials }),
  };
  return options.decider.decide(asked, traceId === undefined ? { signal } : { signal, traceId });
}

const isHonoured = (options: CordonOptions, decision: Decision) =>
  decision.obligations.every(({ id }) => options.obligations?.includes(id));

function refusal({ id, reason }: Decision): Refusal {
  if (reason.code === "identity_unverified") return { ...UNIDENTIFIED, decisionId: id };
  const undecided = reason.code === "source_unavailable" || reason.code === "log_unavailable";
  return undecided
    ? { ...UNDECIDED, decisionId: id }
    : { status: 403, detail: "you may not do this", decisionId: id };
}
