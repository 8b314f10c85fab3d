import type { ExprJson } from "@cordon/engine";

/** Why a step of evaluation can end in an error. */
export type ErrorReason =
  | "overflow"
  | "missing_attribute"
  | "missing_tag"
  | "constructor"
  | "constant_error"
  | "time_out_of_range";

/** Told what is found out while a policy is reasoned through. */
export interface Observer {
  /** A condition was reached; `value` is what it always comes to here, if it always comes to the same. */
  outcome(expr: ExprJson, value: boolean | undefined, errs: boolean): void;
  canErr(expr: ExprJson, reason: ErrorReason, detail?: string): void;
  /** `because` decided, or narrowed, what is evaluated now. */
  used(because: ExprJson): void;
  /** An attribute was asked for, of an entity type or, where that is null, of a record. */
  reads(entityType: string | null, attribute: string, expr: ExprJson): void;
}
