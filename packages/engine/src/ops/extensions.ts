import { Failure } from "../failure.js";
import { Datetime, Duration } from "../value/datetime.js";
import { Decimal } from "../value/decimal.js";
import { IpAddr } from "../value/ip-addr.js";
import { compareLong } from "../value/long.js";
import type { Value } from "../value/types.js";
import { expectString, typeError } from "./expect.js";

/** A function of Cedar's extensions. A method's first argument is its receiver. */
export interface ExtensionFunction {
  readonly name: string;
  /** Undefined where no number of arguments is wrong. */
  readonly arity: number | undefined;
  readonly style: "function" | "method";
  readonly apply: (first: Value, second: Value) => Value;
}

const TABLE: readonly ExtensionFunction[] = [
  constructorOf("decimal", Decimal.parse),
  method("lessThan", 2, (a, b) => compareDecimals(a, b) < 0),
  method("lessThanOrEqual", 2, (a, b) => compareDecimals(a, b) <= 0),
  method("greaterThan", 2, (a, b) => compareDecimals(a, b) > 0),
  method("greaterThanOrEqual", 2, (a, b) => compareDecimals(a, b) >= 0),
  constructorOf("ip", IpAddr.parse),
  method("isIpv4", 1, (a) => ipAddr(a).version === 4),
  method("isIpv6", 1, (a) => ipAddr(a).version === 6),
  method("isLoopback", 1, (a) => ipAddr(a).isLoopback()),
  method("isMulticast", 1, (a) => ipAddr(a).isMulticast()),
  method("isInRange", 2, (a, b) => inRange(ipAddr(a), ipAddr(b))),
  constructorOf("datetime", Datetime.parse),
  method("offset", 2, (a, b) => offset(datetime(a), duration(b))),
  method("durationSince", 2, (a, b) => durationSince(datetime(a), datetime(b))),
  method("toDate", 1, (a) => datetime(a).toDate()),
  method("toTime", 1, (a) => datetime(a).toTime()),
  constructorOf("duration", Duration.parse),
  method("toMilliseconds", 1, (a) => duration(a).in("ms")),
  method("toSeconds", 1, (a) => duration(a).in("s")),
  method("toMinutes", 1, (a) => duration(a).in("m")),
  method("toHours", 1, (a) => duration(a).in("h")),
  method("toDays", 1, (a) => duration(a).in("d")),
  constructorOf("unknown", (text) => {
    throw new Failure(
      "unknown_value",
      `the expression contains unknown(s): \`unknown(${JSON.stringify(text)})\``,
      "consider using the partial evaluation APIs",
    );
  }),
];

const BY_NAME: ReadonlyMap<string, ExtensionFunction> = new Map(TABLE.map((fn) => [fn.name, fn]));

export function extensionFunction(name: string): ExtensionFunction | undefined {
  return BY_NAME.get(name);
}

/** What stands for a function that does not exist, whatever its arguments. */
export function missingFunction(name: string): ExtensionFunction {
  const apply = (): never => {
    throw new Failure("unknown_extension_function", `extension function \`${name}\` does not exist`);
  };
  return { name, arity: undefined, style: "function", apply };
}

/** Applies to evaluated arguments; a wrong number of them is an error of evaluation, as in Cedar. */
export function applyExtension(fn: ExtensionFunction, args: readonly Value[]): Value {
  const [first = false, second = false] = args;
  if (fn.arity !== undefined && args.length !== fn.arity) {
    throw new Failure(
      "wrong_argument_count",
      `wrong number of arguments provided to extension function \`${fn.name}\`: expected ${fn.arity}, got ${args.length}`,
    );
  }
  return fn.apply(first, second);
}

function constructorOf(name: string, parse: (text: string) => Value): ExtensionFunction {
  return { name, arity: 1, style: "function", apply: (text) => parse(expectString(text)) };
}

function method(
  name: string,
  arity: 1 | 2,
  apply: (first: Value, second: Value) => Value,
): ExtensionFunction {
  return { name, arity, style: "method", apply };
}

function compareDecimals(left: Value, right: Value): number {
  const a = decimal(left);
  return compareLong(a.units, decimal(right).units);
}

function inRange(address: IpAddr, range: IpAddr): boolean {
  return address.isInRange(range);
}

function offset(start: Datetime, by: Duration): Datetime {
  return start.offset(by);
}

function durationSince(later: Datetime, earlier: Datetime): Duration {
  return later.durationSince(earlier);
}

function decimal(value: Value): Decimal {
  if (value instanceof Decimal) return value;
  throw extensionTypeError("decimal", "decimal", value);
}

function ipAddr(value: Value): IpAddr {
  if (value instanceof IpAddr) return value;
  throw extensionTypeError("ipaddr", "ip", value);
}

function datetime(value: Value): Datetime {
  if (value instanceof Datetime) return value;
  throw extensionTypeError("datetime", "datetime", value);
}

function duration(value: Value): Duration {
  if (value instanceof Duration) return value;
  throw extensionTypeError("duration", "duration", value);
}

function extensionTypeError(type: string, constructorName: string, value: Value): Failure {
  const help =
    typeof value === "string" ? `maybe you forgot to apply the \`${constructorName}\` constructor?` : null;
  return typeError(type, value, help);
}
