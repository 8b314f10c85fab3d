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
 * The body to send. Integers beyond 2^53 may be bigint and arrive exactly.
 * @throws RequestError for what JSON can't hold
 */
export function encodeBody(body: unknown): string {
  try {
    return stringifyJson(body as Parameters<typeof stringifyJson>[0]);
  } catch (error) {
    throw new RequestError("not_json", `the request can't be written as JSON: ${(error as Error).message}`, {
      help: "use text, booleans, integers, arrays and plain objects",
    });
  }
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
