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
export { duration } from "./durations.js";
export { type KindSettings, kind, type SourceKind } from "./kind.js";
export { SOURCE_KINDS } from "./kinds.js";
export type {
  FetchedEntity,
  FetchRequest,
  FetchResult,
  ProvidedType,
  Source,
  SourceChange,
} from "./source.js";
export { SourceError, type SourceErrorCode } from "./source-error.js";
export type { Origin, SourceOptions, TypeOptions } from "./source-options.js";
