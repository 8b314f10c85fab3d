import { setMember } from "../json/value.js";
import { type Datetime, Duration } from "../value/datetime.js";
import { Decimal } from "../value/decimal.js";
import { EntityUid } from "../value/entity-uid.js";
import { IpAddr } from "../value/ip-addr.js";
import { CedarRecord } from "../value/record.js";
import { CedarSet } from "../value/set.js";
import { compareText } from "../value/text.js";
import type { CedarValueJson, Value } from "../value/types.js";

/** Cedar's JSON of a value, explicit and lossless: it decodes to the same value without a schema. */
export function encodeValue(value: Value): CedarValueJson {
  if (typeof value !== "object") return value;
  if (value instanceof EntityUid) return { __entity: { type: value.type, id: value.id } };
  if (value instanceof CedarSet) return [...value].map(encodeValue);
  if (value instanceof CedarRecord) return encodeRecord(value);
  if (value instanceof Decimal) return extension("decimal", value.toString());
  if (value instanceof IpAddr) return extension("ip", value.toString());
  if (value instanceof Duration) return extension("duration", value.toString());
  return encodeDatetime(value);
}

/** Members are sorted by name. */
export function encodeRecord(record: CedarRecord): Record<string, CedarValueJson> {
  const object: Record<string, CedarValueJson> = {};
  const members = [...record].sort(([a], [b]) => compareText(a, b));
  for (const [name, value] of members) setMember(object, name, encodeValue(value));
  return object;
}

function extension(fn: string, arg: string): CedarValueJson {
  return { __extn: { fn, arg } };
}

/** Text covers only the years 0 to 9999; beyond, a datetime is an offset from 1970, as Cedar prints it. */
function encodeDatetime(value: Datetime): CedarValueJson {
  const text = value.toCalendarText();
  if (text !== undefined) return extension("datetime", text);
  const args = [extension("datetime", "1970-01-01"), extension("duration", `${value.ms}ms`)];
  return { __extn: { fn: "offset", args } };
}
