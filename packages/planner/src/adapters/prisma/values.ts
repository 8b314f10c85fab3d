import type { ColumnStorage, IdStorage } from "../../mapping/index.js";
import { PlanError } from "../../plan-error.js";
import type { Literal } from "../../predicate/index.js";
import { isIntegerId, isUuid, isWellFormed } from "../../sql/shared.js";

/** Any condition of Prisma's on one model. */
export type Where = { readonly [field: string]: unknown };

/** How a column is stored, as far as Prisma's conditions depend on it. */
export interface Stored {
  readonly as: ColumnStorage | undefined;
  /** Text is equal only where its bytes are. */
  readonly exact: boolean;
}

export type PrismaValue = string | number | bigint | boolean | Date;

/** Undefined for what can be in no such column. */
export function prismaValue(literal: Literal, { as, exact }: Stored): PrismaValue | undefined {
  switch (literal.type) {
    case "String":
      requireExact(exact);
      return isStorable(literal.value) ? literal.value : undefined;
    case "Boolean":
      return literal.value;
    case "Long":
    case "duration":
      return integer(literal.value);
    case "Entity":
      return idOf(literal.id, as as IdStorage | undefined, exact);
    case "datetime":
      return as === "milliseconds" ? integer(literal.value) : moment(literal.value);
    case "decimal":
      if (as === "units") return integer(literal.value);
      throw refusal("a decimal is compared that may have more than four places", "store it as `units`");
    case "ipaddr":
      if (as !== "text") throw refusal("an address is compared that is not stored as text");
      requireExact(exact);
      return literal.value;
    case "Set":
      throw refusal("a set is compared as a whole");
  }
}

/** Some value of the same type: whatever has one is equal to it, or differs from it. */
export function anyValue(literalType: string, as: ColumnStorage | undefined): PrismaValue {
  switch (literalType) {
    case "Boolean":
      return true;
    case "Long":
    case "duration":
      return 0;
    case "datetime":
      return as === "milliseconds" ? 0 : new Date(0);
    case "decimal":
      if (as === "units") return 0;
      throw refusal("a decimal may have more than four places", "store it as `units`");
    case "ipaddr":
      return "0.0.0.0";
    default:
      if (as === "integer") return 0;
      return as === "uuid" ? "00000000-0000-0000-0000-000000000000" : "";
  }
}

export function idOf(id: string, as: IdStorage | undefined, exact: boolean): PrismaValue | undefined {
  switch (as) {
    case "integer":
      return isIntegerId(id) ? integer(id) : undefined;
    case "uuid":
      return isUuid(id) ? id : undefined;
    default:
      requireExact(exact);
      return isStorable(id) ? id : undefined;
  }
}

/** A `BigInt` field takes both; an `Int` field can't hold what is beyond 32 bits, and Prisma says so. */
function integer(text: string): number | bigint {
  const value = BigInt(text);
  return value >= -(2n ** 31n) && value < 2n ** 31n ? Number(value) : value;
}

const LAST_DATE = 8_640_000_000_000_000n;

function moment(ms: string): Date {
  const value = BigInt(ms);
  // Of the years that Prisma writes with four digits.
  if (value >= -62_135_596_800_000n && value < 253_402_300_800_000n) return new Date(Number(value));
  throw refusal(
    `a datetime ${value > LAST_DATE ? "beyond all dates" : "beyond the years 1 to 9999"} is compared`,
  );
}

export function isStorable(text: string): boolean {
  return isWellFormed(text) && !text.includes("\0");
}

export function requireExact(exact: boolean): void {
  if (exact) return;
  throw refusal(
    "text is compared by the column's collation, which may take different texts for equal",
    "say `exact: true` of the column where its collation compares bytes, or `exactText` of the database",
  );
}

export function refusal(message: string, help = "have such filters made of ids: `byIds`"): PlanError {
  return new PlanError("not_expressible", `Prisma can't be asked: ${message}`, { help });
}
