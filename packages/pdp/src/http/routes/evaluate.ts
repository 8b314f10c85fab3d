import {
  type Decision,
  type DecisionFailure,
  type DecisionRequest,
  type EvaluationSemantic,
  RequestError,
} from "@cordon/engine";
import type { JsonValue } from "@cordon/engine/json";
import {
  AuthzenError,
  type Batch,
  decodeBatch,
  decodeEvaluation,
  encodeDecision,
  encodeItemError,
  encodeUnreadable,
  isFailure,
  wirePointer,
} from "../../authzen/index.js";
import type { Exchange } from "../exchange.js";
import { Problem } from "../problem.js";
import { decideOptions, type Service } from "../service.js";

/** Answers one evaluation. */
export async function evaluateOne(service: Service, exchange: Exchange, body: JsonValue): Promise<void> {
  const request = decoded(() => decodeEvaluation(body));
  const started = performance.now();
  const decision = await decide(service, exchange, request);
  service.metrics.evaluated((performance.now() - started) / 1000);
  service.metrics.decided(decision);
  exchange.json(encodeDecision(decision, exchange.debug ? wirePointer : undefined));
}

/** Answers a batch, or one evaluation where the body has no `evaluations`. */
export async function evaluateMany(service: Service, exchange: Exchange, body: JsonValue): Promise<void> {
  const batch = decoded(() => decodeBatch(body, service.maxBatch));
  if (batch === undefined) return evaluateOne(service, exchange, body);
  const started = performance.now();
  const evaluations = await answerBatch(service, exchange, batch);
  service.metrics.evaluated((performance.now() - started) / 1000);
  exchange.json({ evaluations });
}

/** @throws Problem `invalid_request` in the place of a `RequestError` */
async function decide(service: Service, exchange: Exchange, request: DecisionRequest): Promise<Decision> {
  try {
    return await service.decider.decide(request, decideOptions(exchange));
  } catch (error) {
    throw asProblem(error, service);
  }
}

/** What a route answers with when the decider refuses a request; anything but a `RequestError` passes. */
export function asProblem(error: unknown, service: Service): unknown {
  if (!(error instanceof RequestError)) return error;
  service.metrics.failed(error.code);
  const { code, help } = error;
  const pointer = wirePointer(error.path);
  return new Problem(
    "invalid_request",
    error.message,
    help === "" ? { code, pointer } : { code, pointer, help },
  );
}

/** @throws Problem where the body is not what AuthZEN wants */
export function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof AuthzenError)) throw error;
    throw new Problem(error.code, error.message, { pointer: error.pointer, help: error.help });
  }
}

/**
 * Asks for the items that can be read and puts the others' errors between them. An unreadable item counts as
 * a deny, so under `deny_on_first_deny` nothing after it is even asked for.
 */
async function answerBatch(service: Service, exchange: Exchange, batch: Batch): Promise<JsonValue[]> {
  const { items, semantic } = batch;
  const end =
    semantic === "deny_on_first_deny" ? items.findIndex((item) => item instanceof AuthzenError) : -1;
  const asked = end === -1 ? items : items.slice(0, end + 1);
  const readable = asked.filter((item): item is DecisionRequest => !(item instanceof AuthzenError));
  const results = await service.decider.decideMany(readable, { ...decideOptions(exchange), semantic });
  const answers: JsonValue[] = [];
  let next = 0;
  for (const [index, item] of asked.entries()) {
    const result = item instanceof AuthzenError ? item : (results[next++] as Decision | DecisionFailure);
    answers.push(encodeItem(service, exchange, batch, index, result));
    if (isLast(semantic, result)) break;
  }
  return answers;
}

type ItemResult = Decision | DecisionFailure | AuthzenError;

function encodeItem(
  service: Service,
  exchange: Exchange,
  batch: Batch,
  index: number,
  result: ItemResult,
): JsonValue {
  if (result instanceof AuthzenError) {
    service.metrics.failed(result.code);
    return encodeUnreadable(result);
  }
  if (isFailure(result)) {
    const { code, message, path, help } = result.error;
    service.metrics.failed(code);
    return encodeItemError(code, message, batch.pointer(index, path ?? ""), help);
  }
  service.metrics.decided(result);
  return encodeDecision(result, exchange.debug ? (path) => batch.pointer(index, path) : undefined);
}

function isLast(semantic: EvaluationSemantic, result: ItemResult): boolean {
  const allowed = "decision" in result && result.decision === "allow";
  return semantic === (allowed ? "permit_on_first_permit" : "deny_on_first_deny");
}
