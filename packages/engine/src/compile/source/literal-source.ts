import { Datetime, Duration } from "../../value/datetime.js";
import { Decimal } from "../../value/decimal.js";
import { EntityUid } from "../../value/entity-uid.js";
import type { IpAddr } from "../../value/ip-addr.js";
import { CedarRecord } from "../../value/record.js";
import { CedarSet } from "../../value/set.js";
import type { Value } from "../../value/types.js";

/**
 * Text as a JavaScript string literal. JSON escapes quotes, controls and lone surrogates; the two separators that
 * JSON lets stand end a line in older JavaScript.
 */
export function quote(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** A JavaScript expression that makes the value; nothing of the value is in it but numbers and quoted text. */
export function valueSource(value: Value): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "bigint":
      return `${value}n`;
    case "object":
      return objectSource(value);
    default:
      return String(value);
  }
}

function objectSource(value: Value & object): string {
  if (value instanceof EntityUid) return `EntityUid.of(${quote(value.type)}, ${quote(value.id)})`;
  if (value instanceof CedarSet) return `CedarSet.of([${Array.from(value, valueSource).join(", ")}])`;
  if (value instanceof CedarRecord) {
    const members = Array.from(value, ([name, member]) => `[${quote(name)}, ${valueSource(member)}]`);
    return `CedarRecord.of([${members.join(", ")}])`;
  }
  if (value instanceof Decimal) return `Decimal.parse(${quote(value.toString())})`;
  if (value instanceof Datetime) return `new Datetime(${valueSource(value.ms)})`;
  if (value instanceof Duration) return `new Duration(${valueSource(value.ms)})`;
  return ipSource(value);
}

function ipSource(value: IpAddr): string {
  return `IpAddr.parse(${quote(value.toString())})`;
}

/** JSON as a JavaScript expression, integers beyond 2^53 as bigints. */
export function jsonSource(json: unknown): string {
  if (typeof json === "string") return quote(json);
  if (typeof json === "bigint") return `${json}n`;
  if (Array.isArray(json)) return `[${json.map(jsonSource).join(", ")}]`;
  if (typeof json !== "object" || json === null) return String(json);
  // Written plainly, a member called `__proto__` would set the prototype.
  const members = Object.entries(json).map(
    ([name, value]) => `${name === "__proto__" ? `[${quote(name)}]` : quote(name)}: ${jsonSource(value)}`,
  );
  return `{ ${members.join(", ")} }`;
}
