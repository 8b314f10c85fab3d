import type { Entities } from "../entities/types.js";
import { Failure } from "../failure.js";
import type { BinaryOp, UnaryOp } from "../ops/index.js";
import type { Expr } from "../policy/expression.js";
import { Datetime, Duration } from "../value/datetime.js";
import { Decimal } from "../value/decimal.js";
import { EntityUid } from "../value/entity-uid.js";
import { IpAddr } from "../value/ip-addr.js";
import { CedarRecord } from "../value/record.js";
import { CedarSet } from "../value/set.js";
import type { Value } from "../value/types.js";

/** What a value is, as far as operators tell kinds apart. */
export type Kind = keyof typeof WITNESSES;

/** One value of each kind: the one that is the least likely to err where its kind is right. */
const WITNESSES = {
  long: 0,
  boolean: false,
  string: "",
  set: CedarSet.EMPTY,
  entity: /* @__PURE__ */ EntityUid.of("Witness", ""),
  record: CedarRecord.EMPTY,
  decimal: /* @__PURE__ */ Decimal.parse("0.0"),
  ipaddr: /* @__PURE__ */ IpAddr.parse("0.0.0.0"),
  datetime: /* @__PURE__ */ new Datetime(0),
  duration: /* @__PURE__ */ new Duration(0),
} as const satisfies Record<string, Value>;

const NOTHING: Entities = { get: () => undefined };

/** A value of a kind, for an operator to say what it thinks of such. */
export function witnessOf(kind: Kind): Value {
  return WITNESSES[kind];
}

export function kindOfValue(value: Value): Kind {
  switch (typeof value) {
    case "boolean":
      return "boolean";
    case "string":
      return "string";
    case "number":
    case "bigint":
      return "long";
  }
  if (value instanceof EntityUid) return "entity";
  if (value instanceof CedarSet) return "set";
  if (value instanceof CedarRecord) return "record";
  if (value instanceof Decimal) return "decimal";
  if (value instanceof IpAddr) return "ipaddr";
  return value instanceof Datetime ? "datetime" : "duration";
}

/** The kind of what an expression comes to, where it comes to anything; undefined where that depends. */
export function kindOf(expr: Expr): Kind | undefined {
  switch (expr.kind) {
    case "literal":
      return kindOfValue(expr.value);
    case "variable":
      return expr.name === "context" ? "record" : "entity";
    case "and":
    case "or":
    case "has":
    case "like":
    case "is":
      return "boolean";
    case "unary":
      return expr.operator === "neg" ? "long" : "boolean";
    case "binary":
      return kindOfBinary(expr.operator);
    case "if": {
      const kind = kindOf(expr.then);
      return kind === kindOf(expr.otherwise) ? kind : undefined;
    }
    case "set":
    case "record":
      return expr.kind;
    case "call":
      return expr.constant === undefined ? undefined : kindOfValue(expr.constant);
    case "attribute":
      return undefined;
  }
}

function kindOfBinary(operator: (Expr & { kind: "binary" })["operator"]): Kind | undefined {
  switch (operator) {
    case "+":
    case "-":
    case "*":
      return "long";
    case "getTag":
      return undefined;
    default:
      return "boolean";
  }
}

/** What an operator makes of kinds of operands. */
export interface Typing {
  /** The error, where these operands err whatever they are. */
  readonly always: Failure | undefined;
  /** Whether some operands of these kinds are no good. */
  readonly possible: boolean;
}

const typings = /* @__PURE__ */ new Map<string, Typing>();

/**
 * Finds out by trial which kinds of operands an operator takes, so that its own code remains the only place that
 * says so. `undefined` stands for any kind.
 */
export function typingOf(
  expr: Expr & { kind: "unary" | "binary" },
  kinds: readonly (Kind | undefined)[],
): Typing {
  const key = `${expr.operator} ${kinds.join(" ")}`;
  let typing = typings.get(key);
  if (typing === undefined) {
    typing = tryKinds(expr.apply, kinds);
    typings.set(key, typing);
  }
  return typing;
}

function tryKinds(apply: UnaryOp | BinaryOp, kinds: readonly (Kind | undefined)[]): Typing {
  const [left, right] = kinds.map(witnessesOf);
  let always: Failure | undefined;
  let everyErrs = true;
  let possible = false;
  for (const a of left ?? []) {
    for (const b of right ?? [false]) {
      const failure = typeErrorOf(() => apply(a, b, NOTHING));
      if (failure === undefined) everyErrs = false;
      else {
        possible = true;
        always ??= failure;
      }
    }
  }
  return { always: everyErrs ? always : undefined, possible };
}

function witnessesOf(kind: Kind | undefined): readonly Value[] {
  return kind === undefined ? Object.values(WITNESSES) : [WITNESSES[kind]];
}

function typeErrorOf(attempt: () => Value): Failure | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.code === "type_error" ? error : undefined;
  }
}
