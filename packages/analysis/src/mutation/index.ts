export type { MutationKind } from "./mutant.js";
export { type MutationResult, mutateSuite, type Survivor } from "./mutate.js";
export { renderMutation } from "./render.js";
