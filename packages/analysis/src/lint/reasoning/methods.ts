import type { ExprJson, SchemaType } from "@cordon/engine";
import { type Abstract, BOOLEAN, LONG } from "./abstract-value.js";
import type { Observer } from "./observer.js";
import { EVERY_LONG, overflows, type Range } from "./ranges.js";
import { extensionType } from "./type-world.js";

const DAY = 86_400_000n;
const DATETIME: SchemaType = { type: "Extension", name: "datetime" };
const DURATION: SchemaType = { type: "Extension", name: "duration" };
const RECEIVERS: Readonly<Record<string, string>> = {
  lessThan: "decimal",
  lessThanOrEqual: "decimal",
  greaterThan: "decimal",
  greaterThanOrEqual: "decimal",
  isIpv4: "ipaddr",
  isIpv6: "ipaddr",
  isLoopback: "ipaddr",
  isMulticast: "ipaddr",
  isInRange: "ipaddr",
};
const UNITS: Readonly<Record<string, bigint>> = {
  toMilliseconds: 1n,
  toSeconds: 1_000n,
  toMinutes: 60_000n,
  toHours: 3_600_000n,
  toDays: DAY,
};

/** What an extension function or method comes to when not all of its arguments are known. */
export function callResult(
  expr: ExprJson,
  name: string,
  args: readonly Abstract[],
  observer?: Observer,
): Abstract {
  const errs = args.some((arg) => arg.errs || arg.type === null);
  const [receiver, argument] = args;
  const range = receiver?.range ?? EVERY_LONG;
  const within = (type: SchemaType, result: Range): Abstract => {
    if (!overflows(result)) return { type, range: result, errs };
    observer?.canErr(expr, "time_out_of_range", name);
    return { type, range: EVERY_LONG, errs: true };
  };
  if (name in RECEIVERS) return { type: BOOLEAN, errs };
  const unit = UNITS[name];
  if (unit !== undefined)
    return { type: LONG, range: { low: range.low / unit, high: range.high / unit }, errs };
  switch (name) {
    case "offset": {
      const by = argument?.range ?? EVERY_LONG;
      return within(DATETIME, { low: range.low + by.low, high: range.high + by.high });
    }
    case "durationSince": {
      const since = argument?.range ?? EVERY_LONG;
      return within(DURATION, { low: range.low - since.high, high: range.high - since.low });
    }
    case "toDate":
      return within(DATETIME, { low: range.low - DAY + 1n, high: range.high });
    case "toTime":
      return { type: DURATION, range: { low: 0n, high: DAY - 1n }, errs };
    default:
      observer?.canErr(expr, "constructor", name);
      return { type: extensionType(name), errs: true };
  }
}
