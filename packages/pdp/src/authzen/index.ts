export { encodeDecision, encodeItemError, encodeUnreadable, isFailure } from "./answer.js";
export { type Batch, decodeBatch, SEMANTICS } from "./batch.js";
export { AuthzenError, type AuthzenErrorCode } from "./errors.js";
export { decodeEvaluation, wirePointer } from "./evaluation.js";
export { EVALUATION_EXAMPLE, EVALUATIONS_EXAMPLE, EVALUATIONS_RULES } from "./examples.js";
export { encodeFieldPlan, encodeFields } from "./fields.js";
export { metadata } from "./metadata.js";
export { decodePlanRequest, encodePlan, PLAN_EXAMPLE } from "./plan.js";
export { encodeSearchResult, SEARCHES } from "./search.js";
