import {
  type ActionInput,
  type DecisionRequest,
  type EntityInput,
  parseEntityUid,
  RequestError,
} from "@cordon/engine";
import { stringifyJson } from "@cordon/engine/json";

interface WireEntity {
  type: string;
  id: string;
  properties?: Record<string, unknown>;
}

/** One evaluation as AuthZEN 1.0 writes it. */
export interface WireEvaluation {
  subject: WireEntity;
  action: { name: string; properties?: Record<string, unknown> };
  resource: WireEntity;
  context?: Record<string, unknown>;
}

/** @throws RequestError for an entity that is not in Cedar's notation */
export function encodeRequest(request: DecisionRequest): WireEvaluation {
  const wire: WireEvaluation = {
    subject: encodeEntity(request.principal, "/principal"),
    action: encodeAction(request.action),
    resource: encodeEntity(request.resource, "/resource"),
  };
  if (request.context !== undefined) wire.context = request.context;
  return wire;
}

/**
 * The body to send. Only plain JSON is taken: a date or a map would arrive as an empty record, and be
 * decided on as one. Integers beyond 2^53 may be bigint and arrive exactly.
 * @throws RequestError for what JSON can't hold
 */
export function encodeBody(body: unknown): string {
  try {
    checkPlain(body, 0);
    return stringifyJson(body as Parameters<typeof stringifyJson>[0]);
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError("not_json", `the request can't be written as JSON: ${(error as Error).message}`, {
      help: "use text, booleans, integers, arrays and plain objects",
    });
  }
}

/** As the server's own limit; cyclic values end here, too. */
const maxDepth = 1_000;

function checkPlain(value: unknown, depth: number): void {
  if (value === undefined || typeof value === "function" || typeof value === "symbol")
    throw notPlain(typeof value);
  if (typeof value !== "object" || value === null) return;
  if (depth > maxDepth) throw notPlain("a value that nests too deep");
  if (Array.isArray(value)) {
    for (const element of value) checkPlain(element, depth + 1);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw notPlain(`a ${value.constructor.name}`);
  for (const member of Object.values(value)) if (member !== undefined) checkPlain(member, depth + 1);
}

function notPlain(what: string): RequestError {
  return new RequestError("not_json", `the request holds ${what}, which JSON can't`, {
    help: "use text, booleans, integers, arrays and plain objects",
  });
}

function encodeEntity(input: EntityInput, path: string): WireEntity {
  if (typeof input !== "string") return input;
  try {
    const { type, id } = parseEntityUid(input);
    return { type, id };
  } catch {
    throw new RequestError("entity_uid_syntax", `\`${input}\` is not an entity`, {
      help: 'write the type and the quoted id, such as `User::"ann"`, or give { type, id }',
      path,
    });
  }
}

function encodeAction(input: ActionInput): WireEvaluation["action"] {
  return typeof input === "string" ? { name: input } : input;
}
