import { join } from "node:path";
import { openProject } from "@cordon/pdp";
import { startServer } from "@cordon/pdp/http";
import { pino } from "pino";
import { root } from "../testing/workspaces.mjs";
import { code, table } from "./markdown.mjs";

/**
 * @typedef {{ name: string, in: string, description: string, schema: { type?: string, enum?: string[] } }} Parameter
 * @typedef {object} Operation
 * @property {string} summary
 * @property {string} description
 * @property {string[]} tags
 * @property {Parameter[]} parameters
 * @property {Record<string, { description: string }>} responses
 * @property {{ key: string[] }[]} security
 * @property {{ content: { "application/json": { example: unknown } } }} [requestBody]
 */

/** The page on every endpoint, from the OpenAPI document that a server serves. */
export async function endpointsPage() {
  const { paths } = await servedDocument();
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      title: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
  return [
    "# Endpoints",
    "Every server serves this as `/openapi.json`, with the schema of each body, and as a page at `/docs`. [The server](../server.md) tells how to run one, and [error codes](error-codes.md#problems-of-the-server) what each problem means.",
    table(
      ["endpoint", "key", "what for"],
      operations.map(({ title, operation }) => [code(title), scopes(operation), operation.summary]),
    ),
    ...operations.flatMap(({ title, operation }) => section(title, operation)),
  ].join("\n\n");
}

/**
 * @param {string} title
 * @param {Operation} operation
 */
function section(title, operation) {
  const parts = [
    `## ${code(title)}`,
    `${operation.summary.replace(/\.?$/, "")}.`.replace("?.", "?"),
    operation.description,
  ];
  if (operation.parameters.length > 0) {
    parts.push(
      table(
        ["parameter", "in", "what it is"],
        operation.parameters.map((parameter) => [code(parameter.name), parameter.in, parameter.description]),
      ),
    );
  }
  const example = operation.requestBody?.content["application/json"].example;
  if (example !== undefined) parts.push(`\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\``);
  parts.push(
    table(
      ["status", "when"],
      Object.entries(operation.responses).map(([status, { description }]) => [
        status,
        // What each problem means stands on the page of error codes.
        description.replace(/(`[a-z_]+`): [^;]+/g, "$1").replaceAll("`; `", "`, `"),
      ]),
    ),
  );
  return parts;
}

/** @param {Operation} operation */
function scopes({ security }) {
  return security.map(({ key }) => code(key.join(" "))).join(" or ");
}

/** @returns {Promise<{ paths: Record<string, Record<string, Operation>> }>} */
async function servedDocument() {
  const logger = pino({ level: "silent" });
  const project = join(root, "examples/cookbook/rbac");
  const decider = await openProject(project, { log: false, watch: false, logger });
  const server = await startServer({ decider, host: "127.0.0.1", port: 0, logger, keys: null });
  try {
    const answer = await fetch(`${server.url}/openapi.json`);
    return /** @type {any} */ (await answer.json());
  } finally {
    await server.close();
    await decider.close();
  }
}
