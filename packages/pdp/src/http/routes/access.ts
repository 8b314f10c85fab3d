import { metadata } from "../../authzen/index.js";
import { hostName } from "../host.js";
import { ref } from "../openapi/schemas.js";
import { Problem } from "../problem.js";
import type { Route } from "../route.js";
import type { Service } from "../service.js";
import { evaluateMany, evaluateOne } from "./evaluate.js";

const EXAMPLE = {
  subject: { type: "User", id: "ann" },
  action: { name: "ticket:read" },
  resource: { type: "Ticket", id: "T-1001" },
  context: { country: "NL", device: { managed: true, encrypted: true } },
};

const DEBUG = {
  name: "debug",
  in: "query",
  description:
    "Adds `context.ignored`: pointers to the members of the request that were accepted and not used.",
  schema: { type: "boolean" },
} as const;

/** The OpenID AuthZEN Authorization API 1.0. */
export function accessRoutes(service: Service): Route[] {
  return [evaluation(service), evaluations(service), configuration(service)];
}

function evaluation(service: Service): Route {
  return {
    method: "POST",
    path: "/access/v1/evaluation",
    access: ["evaluate"],
    doc: {
      id: "evaluate",
      tag: "AuthZEN",
      summary: "May this subject do this to that resource?",
      description:
        "Access Evaluation of the OpenID AuthZEN Authorization API 1.0. A deny is a `200` with `decision: false`; unknown types and actions are denied with a reason. The answer leaves only after the decision log took its record.",
      parameters: [DEBUG],
      body: { schema: ref("EvaluationRequest"), example: EXAMPLE },
      answers: {
        "200": { description: "The decision", content: { "application/json": ref("EvaluationResponse") } },
      },
      problems: ["invalid_request"],
    },
    handle: async (exchange) => evaluateOne(service, exchange, await exchange.body()),
  };
}

function evaluations(service: Service): Route {
  return {
    method: "POST",
    path: "/access/v1/evaluations",
    access: ["evaluate"],
    doc: {
      id: "evaluateMany",
      tag: "AuthZEN",
      summary: "Many evaluations in one request",
      description: `Access Evaluations of the OpenID AuthZEN Authorization API 1.0. Top-level \`subject\`, \`action\`, \`resource\` and \`context\` are defaults; an item replaces a default as a whole, and falls back to it only for a required member (\`type\`, \`id\`, \`name\`) that it leaves out. Answers keep the order of the items. An item that is malformed is answered with a deny and \`context.error\`. With \`deny_on_first_deny\` and \`permit_on_first_permit\` the answer ends with the item that decided. Without \`evaluations\` the request is a single evaluation. At most ${service.maxBatch} items.`,
      parameters: [DEBUG],
      body: {
        schema: ref("EvaluationsRequest"),
        example: {
          subject: EXAMPLE.subject,
          action: EXAMPLE.action,
          evaluations: [
            { resource: { type: "Ticket", id: "T-1001" } },
            { action: { name: "ticket:close" }, resource: { type: "Ticket", id: "T-1002" } },
          ],
          options: { evaluations_semantic: "execute_all" },
        },
      },
      answers: {
        "200": {
          description: "The decisions, or a single one where there were no `evaluations`",
          content: { "application/json": { oneOf: [ref("EvaluationsResponse"), ref("EvaluationResponse")] } },
        },
      },
      problems: ["unknown_semantic", "too_many_evaluations", "invalid_request"],
    },
    handle: async (exchange) => evaluateMany(service, exchange, await exchange.body()),
  };
}

function configuration(service: Service): Route {
  return {
    method: "GET",
    path: "/.well-known/authzen-configuration",
    access: "public",
    doc: {
      id: "metadata",
      tag: "AuthZEN",
      summary: "What this decision point serves, and where",
      description:
        "PDP metadata of AuthZEN 1.0. It names only what is served. The base URL is the configured public URL, else the host that the request names.",
      answers: {
        "200": { description: "The metadata", content: { "application/json": ref("Metadata") } },
      },
      problems: ["malformed_http"],
    },
    handle: (exchange) => {
      const base = service.publicUrl ?? requestedBase(service.secure, exchange.req.headers.host);
      exchange.json(metadata(base), { "cache-control": "max-age=300", vary: "host" });
    },
  };
}

function requestedBase(secure: boolean, host: string | undefined): string {
  if (hostName(host) === undefined) {
    throw new Problem("malformed_http", "the host header is not a host", { header: "host" });
  }
  return `${secure ? "https" : "http"}://${host}`;
}
