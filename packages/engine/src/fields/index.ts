export { CONCEALED, maskValue, showFields, unwritable } from "./show.js";
export type { FieldDecider, FieldPlan, Fields, Mask, NeededAction, PlannedGroup } from "./types.js";
