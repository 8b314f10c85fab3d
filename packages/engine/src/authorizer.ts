import type { PolicySource } from "./bundle.js";
import type { Entities } from "./entities/types.js";
import type { EvaluationError } from "./errors.js";
import type { Explanation } from "./explain/types.js";
import type { Effect, PolicyId } from "./policy/types.js";
import type { EntityUid } from "./value/entity-uid.js";
import type { CedarRecord } from "./value/record.js";

export interface Request {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: CedarRecord;
}

/** Exactly Cedar's answer: the determining policies, and the policies that could not be evaluated. */
export interface Answer {
  decision: "allow" | "deny";
  reason: PolicyId[];
  errors: { policyId: PolicyId; error: EvaluationError }[];
}

export interface PolicyInfo {
  id: PolicyId;
  effect: Effect;
  annotations: Record<string, string>;
  templateId?: PolicyId;
  source?: PolicySource;
}

/** A compiled bundle: pure, synchronous, without clock or I/O. */
export interface Authorizer {
  readonly bundleId: string | null;
  isAuthorized(request: Request, entities: Entities): Answer;
  explain(request: Request, entities: Entities): Explanation;
  policy(id: PolicyId): PolicyInfo | undefined;
  policies(): Iterable<PolicyInfo>;
  /** Every attribute name that any policy mentions by `.` or `has`. */
  readonly attributeNames: ReadonlySet<string>;
}
