export { type Call, type Evaluated, evaluate } from "./evaluate.js";
export { buildSnapshot, type ProjectEntities, type Snapshot, withEntities } from "./snapshot.js";
