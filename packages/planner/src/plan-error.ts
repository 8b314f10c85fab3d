import type { PolicyId } from "@cordon/engine";

export type PlanErrorCode =
  /** A mapping that is not one: `path` says where. */
  | "mapping_invalid"
  /** A predicate from elsewhere that is not one. */
  | "predicate_invalid"
  /** The expression has no counterpart in a filter. */
  | "not_expressible"
  /** The mapping doesn't say where the attribute, parent or type is. */
  | "not_mapped"
  /** Neither schema nor mapping says of which type an attribute is. */
  | "type_unknown"
  /** It depends on something other than the row that isn't known. */
  | "not_known"
  /** The filter would be larger than databases take. */
  | "too_large";

/** Why a filter can't be had. What is known of a policy to blame is said: never a wider or narrower filter. */
export class PlanError extends Error {
  override readonly name = "PlanError";
  readonly code: PlanErrorCode;
  readonly help: string;
  /** JSON pointer into the mapping or predicate. */
  readonly path: string | undefined;
  readonly policyId: PolicyId | undefined;
  /** The part of the policy, as Cedar source. */
  readonly clause: string | undefined;

  constructor(code: PlanErrorCode, message: string, options: PlanErrorOptions = {}) {
    super(message);
    this.code = code;
    this.help = options.help ?? "";
    this.path = options.path;
    this.policyId = options.policyId;
    this.clause = options.clause;
  }
}

export interface PlanErrorOptions {
  help?: string;
  path?: string;
  policyId?: PolicyId;
  clause?: string;
}
