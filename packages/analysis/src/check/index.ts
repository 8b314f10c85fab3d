export { applyFixes, type FixedFile } from "./apply-fixes.js";
export { type CheckOptions, checkFolder, type ProjectReport } from "./check-folder.js";
export { Checker, createChecker, type DiagnosticsByFile, openChecker } from "./checker.js";
export { docsOf, lintsPage } from "./code-docs.js";
export { githubReport } from "./github.js";
export { type SarifOptions, sarifReport } from "./sarif.js";
