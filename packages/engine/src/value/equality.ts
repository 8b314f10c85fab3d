import { Datetime, Duration } from "./datetime.js";
import { Decimal } from "./decimal.js";
import { EntityUid } from "./entity-uid.js";
import { IpAddr } from "./ip-addr.js";
import { CedarRecord } from "./record.js";
import { CedarSet } from "./set.js";
import type { Value } from "./types.js";

/** Structural equality. Values of different types are unequal, never an error. */
export function valuesEqual(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object") return false;
  if (a instanceof EntityUid) return b instanceof EntityUid && a.equals(b);
  if (a instanceof CedarSet) return b instanceof CedarSet && setsEqual(a, b);
  if (a instanceof CedarRecord) return b instanceof CedarRecord && recordsEqual(a, b);
  if (a instanceof Decimal) return b instanceof Decimal && a.units === b.units;
  if (a instanceof Datetime) return b instanceof Datetime && a.ms === b.ms;
  if (a instanceof Duration) return b instanceof Duration && a.ms === b.ms;
  return b instanceof IpAddr && a.equals(b);
}

function setsEqual(a: CedarSet, b: CedarSet): boolean {
  if (a.size !== b.size) return false;
  for (const element of a) if (!b.has(element)) return false;
  return true;
}

function recordsEqual(a: CedarRecord, b: CedarRecord): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined || !valuesEqual(value, other)) return false;
  }
  return true;
}
