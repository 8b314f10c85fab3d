export { applyTo, type Mutation, type MutationKind } from "./mutant.js";
export { type MutationResult, mutateSuite, type Survivor } from "./mutate.js";
export { mutationsOf } from "./mutations.js";
export { renderMutation } from "./render.js";
