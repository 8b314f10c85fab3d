import { Datetime, Duration } from "./datetime.js";
import { Decimal } from "./decimal.js";
import { EntityUid } from "./entity-uid.js";
import { CedarRecord } from "./record.js";
import { CedarSet } from "./set.js";
import type { Value } from "./types.js";

/** A primitive that two values share exactly when they are equal, so that values can be hashed. */
export function identityKey(value: Value): string | number | bigint | boolean {
  if (typeof value === "string") return `s${value}`;
  if (typeof value !== "object") return value;
  return structuralKey(value);
}

function structuralKey(value: Value): string {
  if (value instanceof EntityUid) return `e${value.key}`;
  if (value instanceof CedarSet) return `[${[...value].map(nestedKey).sort().join()}]`;
  if (value instanceof CedarRecord) {
    const members = [...value].map(([name, member]) => `${JSON.stringify(name)}:${nestedKey(member)}`);
    return `{${members.sort().join()}}`;
  }
  if (value instanceof Decimal) return `d${value.units}`;
  if (value instanceof Datetime) return `t${value.ms}`;
  if (value instanceof Duration) return `p${value.ms}`;
  return `i${String(value)}`;
}

/** Quoted where free text could otherwise be mistaken for the structure around it. */
function nestedKey(value: Value): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof EntityUid) return `e${JSON.stringify(value.key)}`;
  return typeof value === "object" ? structuralKey(value) : String(value);
}
