import { type Datetime, Duration } from "./datetime.js";
import { Decimal } from "./decimal.js";
import { EntityUid } from "./entity-uid.js";
import { isIdentifier } from "./identifier.js";
import { IpAddr } from "./ip-addr.js";
import { CedarRecord } from "./record.js";
import { CedarSet } from "./set.js";
import { compareText, quoteText } from "./text.js";
import type { Value } from "./types.js";

/** A value as Cedar source, for people; evaluating the text gives the value back. */
export function describeValue(value: Value): string {
  if (typeof value === "string") return quoteText(value);
  if (typeof value !== "object") return String(value);
  if (value instanceof EntityUid) return value.toString();
  if (value instanceof CedarSet) return `[${[...value].map(describeValue).sort(compareText).join(", ")}]`;
  if (value instanceof CedarRecord) {
    const members = [...value].sort(([a], [b]) => compareText(a, b));
    return `{${members.map(([name, member]) => `${attributeName(name)}: ${describeValue(member)}`).join(", ")}}`;
  }
  if (value instanceof Decimal) return `decimal("${value}")`;
  if (value instanceof IpAddr) return `ip("${value}")`;
  if (value instanceof Duration) return `duration("${value}")`;
  return describeDatetime(value);
}

/** Bare where Cedar's grammar lets it be. */
export function attributeName(name: string): string {
  return isIdentifier(name) ? name : quoteText(name);
}

function describeDatetime(value: Datetime): string {
  const text = value.toCalendarText();
  return text === undefined ? value.toString() : `datetime("${text}")`;
}
