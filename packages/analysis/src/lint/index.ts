export { unknownHelp as unknownLintHelp } from "./allow.js";
export type { Edit } from "./finding.js";
export { type LintLevels, lintLevels } from "./lint-levels.js";
export { isLintId, LINT_IDS, type Lint, type LintId, type LintLevel, lintOf } from "./lint-table.js";
export { type LintDiagnostic, type LintInput, ProjectLinter, type SourceText } from "./project-linter.js";
