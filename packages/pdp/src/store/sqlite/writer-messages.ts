import type { WriteReport } from "../../log/batch-writer.js";
import type { EncodedRecord } from "../../log/body.js";
import type { RetentionReport } from "./retention.js";

export type ToWriter = { kind: "write"; batch: readonly EncodedRecord[] } | { kind: "close" };

export type FromWriter =
  | { kind: "written"; report: WriteReport }
  | { kind: "failed"; message: string; help: string | null }
  | { kind: "closed" };

/** Told by the writer of its own accord. */
export type Notice = { kind: "retention"; report: RetentionReport };
