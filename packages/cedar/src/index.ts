export { isAuthorized, isAuthorizedJson } from "./authorize.js";
export { type BuildResult, buildBundle, bundleId, type ProjectText } from "./bundle.js";
export type {
  AuthorizationAnswer,
  AuthorizationCall,
  CallEntity,
  CallPolicy,
  CallPolicySet,
  CallUid,
  CallValue,
  DetailedError,
} from "./call.js";
export { checkPolicies } from "./check-policies.js";
export { type Diagnostic, sortDiagnostics } from "./diagnostics.js";
export { CedarError, type CedarErrorCode } from "./failures.js";
export { type FormatResult, formatPolicies } from "./format.js";
export { PolicyCache } from "./policy-cache.js";
export { type ClauseText, type PolicyText, splitPolicies } from "./policy-text.js";
export { type Position, type Range, TextPositions } from "./positions.js";
export { type RenderOptions, renderDiagnostic } from "./render.js";
export { parseSchema, type SchemaResult } from "./schema.js";
export { type Token, tokenize } from "./tokens.js";
export { warmCache } from "./warm-cache.js";
