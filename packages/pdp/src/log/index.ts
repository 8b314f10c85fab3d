export type { EncodedRecord, RecordColumns } from "./body.js";
export type * from "./decision-log.js";
export type * from "./record.js";
export type { RedactionRule } from "./redaction.js";
export { Redactor } from "./redaction.js";
