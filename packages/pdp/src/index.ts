export type {
  DecisionLog,
  DecisionLogOptions,
  DecisionRecordInput,
  EntityRecord,
  LogFilter,
  LogMode,
  LogPage,
  LogStats,
  RedactionRule,
  RequestRecord,
  StoredRecord,
  VerifyOptions,
  VerifyProblem,
  VerifyResult,
} from "./log/index.js";
export type { ProjectPlan } from "./pipeline/plan.js";
export type { Replay } from "./pipeline/replay.js";
export { checkProject, type ProjectCheck, type ProjectSummary } from "./project/check-project.js";
export { openProject } from "./project/open-project.js";
export type {
  Logger,
  ProjectDecider,
  ProjectEvent,
  ProjectOptions,
  ProjectStatus,
  SourceStatus,
  SourcesView,
} from "./project/project-decider.js";
export { ProjectError, type ProjectErrorCode, renderDiagnostics } from "./project/project-error.js";
export { replayDecision } from "./project/project-replay.js";
export type { Settings } from "./project/settings.js";
export {
  type ContextSource,
  type CustomEntities,
  type CustomEntity,
  type CustomSourceOptions,
  custom,
  type FetchedEntity,
  type FetchRequest,
  type FetchResult,
  type ProvidedType,
  type Source,
  type SourceChange,
  SourceError,
  type SourceErrorCode,
  type SourceHealth,
  type SourceOptions,
} from "./sources/index.js";
export {
  type KeyRecord,
  type KeyScope,
  type KeyStore,
  type OpenStoreOptions,
  openStore,
  type Store,
  StoreError,
  type StoreErrorCode,
} from "./store/index.js";
