export type * from "./decision-log.js";
export type * from "./record.js";
export type { RedactionRule } from "./redaction.js";
