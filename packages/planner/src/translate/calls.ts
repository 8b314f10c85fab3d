import { IpAddr, type Value } from "@cordon/engine";
import { applyExtension, type ExtensionFunction, Failure } from "@cordon/engine/expression";
import { PlanError } from "../plan-error.js";
import { and, type Kind, or, type Predicate, type Term, type TermFunction } from "../predicate/index.js";
import { kindOfOperand, type Operand, termOf, valueOperand } from "./operand.js";
import { compared, either, equality } from "./relations.js";
import { ERROR, FALSE, TRUE, type Truth } from "./truth.js";

const ARGUMENT_KINDS: Readonly<Record<TermFunction, readonly Kind[]>> = {
  offset: ["datetime", "duration"],
  durationSince: ["datetime", "datetime"],
  toDate: ["datetime"],
  toTime: ["datetime"],
  toMilliseconds: ["duration"],
  toSeconds: ["duration"],
  toMinutes: ["duration"],
  toHours: ["duration"],
  toDays: ["duration"],
};

const DECIMAL_ORDER = {
  lessThan: "<",
  lessThanOrEqual: "<=",
  greaterThan: ">",
  greaterThanOrEqual: ">=",
} as const;

/**
 * What a function comes to: undefined where it errs, `truth` for a function that answers a question.
 *
 * @throws PlanError for making a value of text in the row
 */
export function applyCall(
  fn: ExtensionFunction,
  operands: readonly Operand[],
): Operand | "truth" | undefined {
  if (operands.every((operand) => operand.kind === "value")) {
    return resultOf(
      fn,
      operands.map((operand) => operand.value),
    );
  }
  if (fn.style === "function") {
    throw new PlanError("not_expressible", `\`${fn.name}\` reads a text of the row`, {
      help: "store the value as what it is, and map the attribute to it",
    });
  }
  const kinds = ARGUMENT_KINDS[fn.name as TermFunction];
  if (kinds === undefined) return "truth";
  if (kinds.length !== operands.length || kinds.some((kind, i) => kindAt(operands, i) !== kind))
    return undefined;
  const term: Term = { kind: "call", fn: fn.name as TermFunction, args: operands.map(termOf) };
  return { kind: "term", term };
}

/** Of a function that answers a question; undefined for others. */
export function applyMethod(fn: ExtensionFunction, operands: readonly Operand[]): Truth | undefined {
  if (Object.hasOwn(ARGUMENT_KINDS, fn.name)) return undefined;
  const [left, right] = operands;
  if (left === undefined) return undefined;
  if (operands.every((operand) => operand.kind === "value")) {
    const result = resultOf(
      fn,
      operands.map((operand) => operand.value),
    );
    if (result?.kind !== "value" || typeof result.value !== "boolean") return ERROR;
    return result.value ? TRUE : FALSE;
  }
  if (Object.hasOwn(DECIMAL_ORDER, fn.name)) {
    if (right === undefined || kindOfOperand(left) !== "decimal" || kindOfOperand(right) !== "decimal")
      return ERROR;
    return compared(DECIMAL_ORDER[fn.name as keyof typeof DECIMAL_ORDER], termOf(left), termOf(right));
  }
  if (operands.some((operand) => kindOfOperand(operand) !== "ipaddr")) return ERROR;
  return questionOfAddress(fn.name, left, right);
}

function questionOfAddress(name: string, left: Operand, right: Operand | undefined): Truth | undefined {
  const address = termOf(left);
  switch (name) {
    case "isInRange":
      return right === undefined ? undefined : ranged(address, termOf(right));
    case "isIpv4":
    case "isIpv6": {
      const is4 = { kind: "isIpv4", address } as const;
      return either({ ...is4, negated: name === "isIpv6" }, { ...is4, negated: name === "isIpv4" });
    }
    case "isLoopback":
      return eitherOf(ranged(address, ip("127.0.0.0/8")), equality(left, valueOperand(IpAddr.parse("::1"))));
    case "isMulticast":
      return eitherOf(ranged(address, ip("224.0.0.0/4")), ranged(address, ip("ff00::/8")));
    default:
      return undefined;
  }
}

function ranged(address: Term, range: Term): Truth {
  const atom = { kind: "inRange", address, range } as const;
  return either({ ...atom, negated: false }, { ...atom, negated: true });
}

function eitherOf(a: Truth, b: Truth): Truth {
  const fails: Predicate = and(a.fails, b.fails);
  return { holds: or(a.holds, b.holds), fails };
}

function ip(text: string): Term {
  return { kind: "literal", value: { type: "ipaddr", value: text } };
}

function kindAt(operands: readonly Operand[], index: number): Kind | undefined {
  const operand = operands[index];
  return operand === undefined ? undefined : kindOfOperand(operand);
}

function resultOf(fn: ExtensionFunction, values: readonly Value[]): Operand | undefined {
  try {
    return valueOperand(applyExtension(fn, values));
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
