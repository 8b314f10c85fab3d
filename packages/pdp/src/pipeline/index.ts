export { type Call, type Evaluated, evaluate } from "./evaluate.js";
export { guardAnswer, type Verdict } from "./guard.js";
export { type Replay, replayRecord } from "./replay.js";
export { buildSnapshot, type ProjectEntities, type Snapshot, withEntities } from "./snapshot.js";
