export { applyChanges, type Change, type MembershipChange, type ValueChange } from "./change.js";
export {
  type Counterfactual,
  type CounterfactualOptions,
  type Suggestion,
  turnDecision,
} from "./counterfactual.js";
export { type ExplainedDecision, explainRecord, explainRequest } from "./explained-decision.js";
export { FactEntities, type Facts } from "./facts.js";
export { type RenderOptions, renderBestSuggestion, renderExplained } from "./render.js";
