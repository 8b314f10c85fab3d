import { EVALUATION_EXAMPLE, EVALUATIONS_EXAMPLE, EVALUATIONS_RULES, metadata } from "../../authzen/index.js";
import { hostName } from "../host.js";
import { ref } from "../openapi/schemas.js";
import { Problem } from "../problem.js";
import type { Route } from "../route.js";
import { MAX_AGE_PARAMETER, type Service } from "../service.js";
import { evaluateMany, evaluateOne } from "./evaluate.js";

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
      summary: "May this principal do this to that resource?",
      description:
        "Access Evaluation of the OpenID AuthZEN Authorization API 1.0. A deny is a `200` with `decision: false`; unknown types and actions are denied with a reason. The answer leaves only after the decision log took its record.",
      parameters: [DEBUG, MAX_AGE_PARAMETER],
      body: { schema: ref("EvaluationRequest"), example: EVALUATION_EXAMPLE },
      answers: {
        "200": { description: "The decision", content: { "application/json": ref("EvaluationResponse") } },
      },
      problems: ["invalid_request", "invalid_header"],
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
      description: `Access Evaluations of the OpenID AuthZEN Authorization API 1.0. ${EVALUATIONS_RULES} At most ${service.maxBatch} items.`,
      parameters: [DEBUG, MAX_AGE_PARAMETER],
      body: {
        schema: ref("EvaluationsRequest"),
        example: EVALUATIONS_EXAMPLE,
      },
      answers: {
        "200": {
          description: "The decisions, or a single one where there were no `evaluations`",
          content: { "application/json": { oneOf: [ref("EvaluationsResponse"), ref("EvaluationResponse")] } },
        },
      },
      problems: ["unknown_semantic", "too_many_evaluations", "invalid_request", "invalid_header"],
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
      exchange.json(metadata(base), { "cache-control": "max-age=300" });
    },
  };
}

function requestedBase(secure: boolean, host: string | undefined): string {
  if (hostName(host) === undefined) {
    throw new Problem("malformed_http", "the host header is not a host", { header: "host" });
  }
  return `${secure ? "https" : "http"}://${host}`;
}
