import type { WriteReport } from "../../log/batch-writer.js";
import type { EncodedRecord, RecordColumns } from "../../log/body.js";
import type { RetentionReport } from "./retention.js";

export type ToWriter = { kind: "write"; batch: string } | { kind: "close" };

export type FromWriter =
  | { kind: "written"; report: WriteReport }
  | { kind: "failed"; message: string; help: string | null }
  | { kind: "closed" };

/** Told by the writer of its own accord. */
export type Notice = { kind: "retention"; report: RetentionReport };

/** Neither a column nor JSON text holds one as it is. */
const SEPARATOR = "\0";

/** A batch as one text, which crosses to the thread for a fraction of what its records would cost. */
export function packBatch(batch: readonly EncodedRecord[]): string {
  const fields: (string | number)[] = [];
  for (const { columns: c, body } of batch) {
    fields.push(c.id, c.time, c.principalType, c.principalId, c.actionType, c.actionId);
    fields.push(c.resourceType, c.resourceId, c.decision, c.caller, c.policies.length, ...c.policies, body);
  }
  return fields.join(SEPARATOR);
}

export function unpackBatch(packed: string): EncodedRecord[] {
  const fields = packed === "" ? [] : packed.split(SEPARATOR);
  const batch: EncodedRecord[] = [];
  let at = 0;
  const next = (): string => fields[at++] ?? "";
  while (at < fields.length) {
    const columns: RecordColumns = {
      id: next(),
      time: Number(next()),
      principalType: next(),
      principalId: next(),
      actionType: next(),
      actionId: next(),
      resourceType: next(),
      resourceId: next(),
      decision: next() === "allow" ? "allow" : "deny",
      caller: next(),
      policies: Array.from({ length: Number(next()) }, next),
    };
    batch.push({ columns, body: next() });
  }
  return batch;
}
