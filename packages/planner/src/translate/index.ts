export { AttributeTypes } from "./attribute-types.js";
export { Descendants, type HierarchyElsewhere } from "./descendants.js";
export { PlanMemory } from "./plan-memory.js";
export { type Contribution, isOpen, type PlanOptions, planResidual, type RowPlan } from "./plan-residual.js";
export type { SessionTypes } from "./translator.js";
