import { decodeBody } from "../../log/body.js";
import type { StoredRecord } from "../../log/record.js";

/** What is read of a row to give the record back. */
export interface RecordRow {
  seq: number;
  previous_hash: string;
  hash: string;
  body: string;
}

export const RECORD_COLUMNS = "seq, previous_hash, hash, body";

export function storedRecord(row: RecordRow): StoredRecord {
  const record = decodeBody(row.body);
  return { ...record, seq: row.seq, previousHash: row.previous_hash, hash: row.hash };
}
