export { checkSources, type SourceCheck } from "./check-sources.js";
export {
  attributeShape,
  type CommonSettings,
  commonShape,
  plainTypes,
  typeShape,
} from "./common-settings.js";
export type {
  ContextRequest,
  ContextSource,
  Contribution,
  SourceEnvironment,
  SourceLogger,
} from "./context-source.js";
export {
  type CustomEntities,
  type CustomEntity,
  type CustomSourceOptions,
  custom,
} from "./custom/custom.js";
export { isOfType } from "./decorators/conformity.js";
export type { SourceHealth } from "./decorators/health.js";
export { duration } from "./durations.js";
export { type KindSettings, kind, type SourceKind } from "./kind.js";
export { kindSettings, SOURCE_KINDS } from "./kinds.js";
export { LiveContext } from "./live/live-context.js";
export { type Asked, type CacheCounts, type Demand, LiveSource } from "./live/live-source.js";
export type { Part, Wanted } from "./live/part.js";
export { precedenceOf, SourceSet, type TypeRoute } from "./live/source-set.js";
export { type DeclaredSources, type PreparedSources, SourceHost } from "./open-sources.js";
export { idsAfter } from "./sorted-ids.js";
export type {
  FetchedEntity,
  FetchRequest,
  FetchResult,
  Listed,
  ListFilter,
  ListRequest,
  ProvidedType,
  Source,
  SourceChange,
} from "./source.js";
export { SourceError, type SourceErrorCode } from "./source-error.js";
export type { Origin, SourceOptions, TypeOptions } from "./source-options.js";
export { applyPush, pushStatements } from "./sql/push/install.js";
export type { SqlSettings } from "./sql/settings.js";
export type { TokenSettings } from "./token/settings.js";
