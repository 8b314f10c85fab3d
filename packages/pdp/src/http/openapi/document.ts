import { createRequire } from "node:module";
import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { PROBLEMS, type ProblemKind } from "../problem.js";
import type { ParameterDoc, Route } from "../route.js";
import { ref, SCHEMAS } from "./schemas.js";

const { version } = createRequire(import.meta.url)("../../../package.json") as { version: string };

const DESCRIPTION = `Decides who may do what, by policies written in Cedar.

**Keys.** Send \`authorization: Bearer KEY\`; each key has scopes: \`evaluate\`, \`read_log\`, \`administer\`, \`provision\`, none of which implies another. A server without keys is open, but only to its own machine.

**Problems.** What can't be answered is answered with an RFC 9457 problem that says which member, parameter or header is wrong. A deny is not a problem: it is a \`200\`.

**Request ids.** \`X-Request-ID\` comes back as it was sent, or is made up. A valid W3C \`traceparent\` puts its trace id into the decision log.`;

const BODY_PROBLEMS: readonly ProblemKind[] = [
  "invalid_json",
  "empty_body",
  "invalid_utf8",
  "invalid_content_type",
  "unsupported_content_encoding",
  "missing_member",
  "wrong_type",
  "body_too_large",
];
const KEY_PROBLEMS: readonly ProblemKind[] = ["unauthenticated", "missing_scope"];
/** `not_found`, `method_not_allowed` and what the HTTP parser refuses belong to no route. */
const COMMON_PROBLEMS: readonly ProblemKind[] = ["malformed_http", "internal_error", "overloaded"];
const GATED_PROBLEMS: readonly ProblemKind[] = ["misdirected_request", "store_unavailable", "shutting_down"];

/** The OpenAPI 3.1 document of a table of routes. */
export function openApi(routes: readonly Route[]): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) {
    const item = paths[route.path] ?? {};
    item[route.method.toLowerCase()] = operation(route);
    paths[route.path] = item;
  }
  return {
    openapi: "3.1.0",
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    info: {
      title: "Cordon decision point",
      version,
      description: DESCRIPTION,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [...new Set(routes.map((route) => route.doc.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: SCHEMAS as JsonObject,
      headers: {
        RequestId: { description: "The request's id", required: true, schema: { type: "string" } },
      },
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "An API key, made with `cordon keys create`" },
      },
    },
  };
}

function operation(route: Route): JsonObject {
  const { doc, access } = route;
  const result: JsonObject = {
    operationId: doc.id,
    tags: [doc.tag],
    summary: doc.summary,
    description:
      typeof access === "string"
        ? doc.description
        : `${doc.description}\n\nNeeds a key with ${scopesOf(access)}.`,
    parameters: (doc.parameters ?? []).map(parameter),
    responses: responses(route),
    security: typeof access === "string" ? [] : access.map((scope) => ({ key: [scope] })),
  };
  if (doc.body !== undefined) {
    const { schema, example } = doc.body;
    result.requestBody = { required: true, content: { "application/json": { schema, example } } };
  }
  return result;
}

function scopesOf(access: readonly string[]): string {
  return access.map((scope) => `\`${scope}\``).join(" or ");
}

function parameter({ name, in: place, description, schema, example }: ParameterDoc): JsonObject {
  const result: JsonObject = { name, in: place, description, required: place === "path", schema };
  return example === undefined ? result : { ...result, example };
}

function responses({ doc, access, method }: Route): JsonObject {
  const kinds = [
    ...(doc.problems ?? []),
    ...(method === "POST" ? BODY_PROBLEMS : []),
    ...(typeof access === "string" ? [] : KEY_PROBLEMS),
    ...(access === "public" ? [] : GATED_PROBLEMS),
    ...COMMON_PROBLEMS,
  ];
  const result: Record<string, JsonObject> = {};
  for (const [status, answer] of Object.entries(doc.answers)) {
    result[status] = response(answer.description, answer.content ?? {});
  }
  for (const status of [...new Set(kinds.map((kind) => PROBLEMS[kind][0]))].sort()) {
    const described = [...new Set(kinds)].filter((kind) => PROBLEMS[kind][0] === status);
    const text = described.map((kind) => `\`${kind}\`: ${PROBLEMS[kind][1]}`).join("; ");
    const answer = doc.answers[String(status)];
    const description = answer === undefined ? text : `${answer.description}. ${text}`;
    result[status] = response(description, {
      ...answer?.content,
      "application/problem+json": ref("Problem"),
    });
  }
  return result;
}

function response(description: string, content: Readonly<Record<string, JsonValue>>): JsonObject {
  const result: JsonObject = {
    description,
    headers: { "X-Request-ID": { $ref: "#/components/headers/RequestId" } },
  };
  const media = Object.entries(content).map(([type, schema]) => [type, { schema }]);
  return media.length === 0 ? result : { ...result, content: Object.fromEntries(media) };
}
