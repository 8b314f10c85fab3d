import {
  type ActionInput,
  type Credentials,
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

/** @throws RequestError for an entity that is not in Cedar's notation, or a context in whose way credentials are */
export function encodeRequest(request: DecisionRequest): WireEvaluation {
  const wire: WireEvaluation = {
    subject: encodeEntity(request.principal, "/principal"),
    action: encodeAction(request.action),
    resource: encodeEntity(request.resource, "/resource"),
  };
  const { context, credentials } = request;
  if (context !== undefined && Object.hasOwn(context, "credentials")) throw reserved();
  if (credentials) wire.context = { ...context, credentials: encodeCredentials(credentials) };
  else if (context !== undefined) wire.context = context;
  return wire;
}

/** As a decision point in the same process says it. */
function reserved(): RequestError {
  return new RequestError("member_reserved", "`credentials` can't be a member of the context", {
    help: "give them as `credentials` of the request, beside `context`",
    path: "/context/credentials",
  });
}

function encodeCredentials(credentials: Credentials): Record<string, unknown> {
  const help = "credentials are an object of texts";
  if (typeof credentials !== "object" || Array.isArray(credentials)) {
    throw new RequestError("member_type", "`credentials` must be an object", { help, path: "/credentials" });
  }
  for (const [name, value] of Object.entries(credentials)) {
    if (value === undefined || typeof value === "string") continue;
    throw new RequestError("member_type", `\`${name}\` must be text`, { help, path: `/credentials/${name}` });
  }
  const { token, ip, forwardedFor, deviceId, clientCertificate } = credentials;
  return {
    token,
    ip,
    forwarded_for: forwardedFor,
    device_id: deviceId,
    client_certificate: clientCertificate,
  };
}

/** The body of a batch. Credentials that all items share are sent once, since tokens are long. */
export function encodeBatch(
  items: readonly (WireEvaluation | null)[],
  options: object,
): Record<string, unknown> {
  const shared = sharedCredentials(items);
  if (shared === undefined) return { evaluations: items, options };
  const evaluations = items.map((item) => (item === null ? null : withoutCredentials(item)));
  return { context: { credentials: shared }, evaluations, options };
}

function sharedCredentials(items: readonly (WireEvaluation | null)[]): unknown {
  const [first, ...others] = items.filter((item) => item !== null);
  const credentials = first?.context?.credentials;
  if (credentials === undefined || others.length === 0) return undefined;
  const text = JSON.stringify(credentials);
  const alike = others.every((item) => JSON.stringify(item.context?.credentials) === text);
  return alike ? credentials : undefined;
}

function withoutCredentials({ context, ...item }: WireEvaluation): WireEvaluation {
  const { credentials: _, ...rest } = context ?? {};
  return { ...item, context: rest };
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
