import { Failure } from "../failure.js";
import { EntityUid } from "../value/entity-uid.js";
import type { Long } from "../value/long.js";
import { CedarSet } from "../value/set.js";
import { typeName } from "../value/type-name.js";
import type { Value } from "../value/types.js";

export const ANY_ENTITY = "(entity of type `any_entity_type`)";

/** A type error in Cedar's words; `expected` is one type or several. */
export function typeError(
  expected: string | readonly string[],
  actual: Value,
  help: string | null = null,
): Failure {
  const wanted = typeof expected === "string" ? expected : `one of [${expected.join(", ")}]`;
  return new Failure("type_error", `type error: expected ${wanted}, got ${typeName(actual)}`, help);
}

export function expectBool(value: Value): boolean {
  if (typeof value === "boolean") return value;
  throw typeError("bool", value);
}

export function expectLong(value: Value): Long {
  if (typeof value === "number" || typeof value === "bigint") return value;
  throw typeError("long", value);
}

export function expectString(value: Value): string {
  if (typeof value === "string") return value;
  throw typeError("string", value);
}

export function expectSet(value: Value): CedarSet {
  if (value instanceof CedarSet) return value;
  throw typeError("set", value);
}

export function expectEntity(value: Value, help: string | null = null): EntityUid {
  if (value instanceof EntityUid) return value;
  throw typeError(ANY_ENTITY, value, help);
}
