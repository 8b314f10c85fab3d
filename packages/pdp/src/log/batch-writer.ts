import type { StoreErrorCode } from "../store-error.js";
import type { EncodedRecord } from "./body.js";

/** What became of a batch: everything not rejected is on disk. */
export interface WriteReport {
  lastSeq: number;
  rejected: { index: number; code: StoreErrorCode; message: string }[];
}

/** Puts batches on disk, each in one transaction. A rejection means that nothing of the batch was written. */
export interface BatchWriter {
  write(batch: readonly EncodedRecord[]): Promise<WriteReport>;
  close(): Promise<void>;
}
