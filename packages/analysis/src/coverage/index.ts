export { CoverageCollector, collectCoverage } from "./collect.js";
export { type HtmlPage, htmlReport } from "./html.js";
export { lcovReport } from "./lcov.js";
export {
  type ConditionCoverage,
  type Coverage,
  countedConditions,
  type FileCoverage,
  type PolicyCoverage,
  type Seen,
  type Totals,
  totalsOf,
} from "./model.js";
export { renderCoverage } from "./render.js";
