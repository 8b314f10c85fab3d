export type { Answer } from "./answer.js";
export type { Authorizer } from "./authorizer.js";
export type { Bundle, ClauseSource, PolicyInfo, PolicySource } from "./bundle.js";
export type { PolicyChanges } from "./change-policies.js";
export { decodeEntity } from "./codec/decode-entity.js";
export { decodeRecord, decodeUid, decodeValue } from "./codec/decode-value.js";
export { encodeEntity } from "./codec/encode-entity.js";
export { encodeRecord, encodeValue } from "./codec/encode-value.js";
export type { Path } from "./compile/situations.js";
export { type CompileOptions, compile, compileDecideOnly, type DecidingAuthorizer } from "./compile.js";
export * from "./decider.js";
export { actionEntities } from "./entities/action-entities.js";
export { EntityStore } from "./entities/store.js";
export type { Entities, Entity, EntityData, EntityJson } from "./entities/types.js";
export {
  EngineError,
  type EngineErrorCode,
  type EvaluationError,
  type EvaluationErrorCode,
} from "./errors.js";
export { type RenderOptions, renderExplanation, renderPolicyExplanation } from "./explain/render.js";
export type {
  ClauseExplanation,
  Explanation,
  ExprTrace,
  PolicyExplanation,
  ScopeExplanation,
  SourcePosition,
} from "./explain/types.js";
export type { FieldDecider, FieldPlan, Fields, Mask, NeededAction, PlannedGroup } from "./fields/types.js";
export type { JsonObject, JsonValue } from "./json/value.js";
export { conditionHolds } from "./partial/condition.js";
export { errorOf } from "./partial/remainder.js";
export {
  type Condition,
  type Need,
  type PartialContext,
  type PartialEntities,
  type PartialEntity,
  type PartialOptions,
  type PartialRequest,
  type Residual,
  type ResidualPolicy,
  UNKNOWN,
  type Unknown,
  type UnknownEntity,
} from "./partial/types.js";
export { type Plan, type Planner, type PlanPolicy, type PlanRequest, PlanUnavailable } from "./plan.js";
export type { CompileCache } from "./policy/compile-cache.js";
export { describeExpression } from "./policy/describe-expression.js";
export {
  type BinaryOperator,
  childrenOf,
  constantOf,
  type Expr,
  type UnaryOperator,
} from "./policy/expression.js";
export type {
  ActionConstraintJson,
  BinaryJson,
  ConditionJson,
  Effect,
  EntityRefJson,
  ExprJson,
  ExtensionCallJson,
  PatternElementJson,
  PolicyId,
  PolicyJson,
  PolicySetJson,
  ScopeConstraintJson,
  SlotId,
  TemplateLinkJson,
} from "./policy/types.js";
export type { Request } from "./request.js";
export type {
  ActionSchema,
  AttributeSchema,
  EntityTypeSchema,
  EntityUidJson,
  RecordSchemaType,
  ResolvedSchema,
  SchemaType,
} from "./schema.js";
export {
  type ActionSearch,
  allPages,
  type FoundAction,
  type FoundEntity,
  type PrincipalSearch,
  type ResourceSearch,
  type Searcher,
  type SearchPage,
  type SearchResult,
} from "./search.js";
export { Datetime, Duration } from "./value/datetime.js";
export { Decimal } from "./value/decimal.js";
export { describeValue } from "./value/describe.js";
export { EntityUid, isEntityTypeName, parseEntityUid } from "./value/entity-uid.js";
export { valuesEqual } from "./value/equality.js";
export { IpAddr } from "./value/ip-addr.js";
export { CedarRecord } from "./value/record.js";
export { CedarSet } from "./value/set.js";
export type { CedarValueJson, Value } from "./value/types.js";
