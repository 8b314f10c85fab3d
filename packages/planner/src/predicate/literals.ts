import { CedarSet, Datetime, Decimal, Duration, EntityUid, IpAddr, type Value } from "@cordon/engine";
import { PlanError } from "../plan-error.js";
import type { EntityLiteral, Literal } from "./types.js";

/** @throws PlanError `not_expressible` for a record: predicates compare records member by member */
export function literalOf(value: Value): Literal {
  switch (typeof value) {
    case "string":
      return { type: "String", value };
    case "boolean":
      return { type: "Boolean", value };
    case "number":
    case "bigint":
      return { type: "Long", value: String(value) };
  }
  if (value instanceof EntityUid) return entityLiteral(value);
  if (value instanceof Datetime) return { type: "datetime", value: String(value.ms) };
  if (value instanceof Duration) return { type: "duration", value: String(value.ms) };
  if (value instanceof Decimal) return { type: "decimal", value: String(value.units) };
  if (value instanceof IpAddr) return { type: "ipaddr", value: value.toString() };
  if (value instanceof CedarSet) return { type: "Set", elements: [...value].map(literalOf) };
  throw new PlanError("not_expressible", "a record is compared with something other than a record");
}

export function entityLiteral(uid: EntityUid): EntityLiteral {
  return { type: "Entity", name: uid.type, id: uid.id };
}

/** The value that a literal stands for. */
export function literalValue(literal: Literal): Value {
  switch (literal.type) {
    case "String":
    case "Boolean":
      return literal.value;
    case "Long":
      return longOf(literal.value);
    case "Entity":
      return EntityUid.of(literal.name, literal.id);
    case "datetime":
      return new Datetime(longOf(literal.value));
    case "duration":
      return new Duration(longOf(literal.value));
    case "decimal":
      return Decimal.parse(decimalText(literal.value));
    case "ipaddr":
      return IpAddr.parse(literal.value);
    case "Set":
      return CedarSet.of(literal.elements.map(literalValue));
  }
}

/** Ten-thousandths as a decimal number with all four places. */
export function decimalText(units: string): string {
  const negative = units.startsWith("-");
  const digits = (negative ? units.slice(1) : units).padStart(5, "0");
  return `${negative ? "-" : ""}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

function longOf(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}
