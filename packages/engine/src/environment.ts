import type { Entities } from "./entities/types.js";
import type { EvaluationError } from "./errors.js";
import type { Request } from "./request.js";

/** What an expression is evaluated against. */
export interface Environment {
  readonly request: Request;
  readonly entities: Entities;
}

/** What a policy came to for one request. */
export type Outcome = "satisfied" | "not_satisfied" | EvaluationError;
