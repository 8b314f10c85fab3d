import type { WriteReport } from "../../log/batch-writer.js";
import type { EncodedRecord } from "../../log/body.js";

export type ToWriter = { kind: "write"; batch: readonly EncodedRecord[] } | { kind: "close" };

export type FromWriter =
  | { kind: "written"; report: WriteReport }
  | { kind: "failed"; message: string; help: string | null }
  | { kind: "closed" };
