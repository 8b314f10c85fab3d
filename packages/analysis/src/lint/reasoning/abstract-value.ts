import type { CedarValueJson, SchemaType } from "@cordon/engine";
import { valueKey } from "./forms.js";
import { hull, type Range, rangeOfConstant } from "./ranges.js";
import { typeOfValue } from "./type-world.js";

/** All that can be said, for every request of one kind, of what an expression comes to. */
export interface Abstract {
  /** Null where the schema doesn't say. */
  readonly type: SchemaType | null;
  /** The value, where there is but one. */
  readonly constant?: CedarValueJson;
  readonly range?: Range;
  /** Whether evaluation can end in an error instead. */
  readonly errs: boolean;
}

export const BOOLEAN: SchemaType = { type: "Boolean" };
export const LONG: SchemaType = { type: "Long" };
export const UNKNOWN: Abstract = { type: null, errs: false };

export function booleanOf(constant: boolean | undefined, errs: boolean): Abstract {
  return constant === undefined ? { type: BOOLEAN, errs } : { type: BOOLEAN, constant, errs };
}

export function constantValue(constant: CedarValueJson, errs: boolean): Abstract {
  const range = rangeOfConstant(constant);
  return { type: typeOfValue(constant), constant, ...(range ? { range } : {}), errs };
}

/** The value where either can be meant. */
export function eitherOf(a: Abstract, b: Abstract): Abstract {
  const same =
    a.constant !== undefined && b.constant !== undefined && valueKey(a.constant) === valueKey(b.constant);
  return {
    type: a.type ?? b.type,
    ...(same && a.constant !== undefined ? { constant: a.constant } : {}),
    ...(a.range && b.range ? { range: hull(a.range, b.range) } : {}),
    errs: a.errs || b.errs,
  };
}
