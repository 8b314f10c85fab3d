import type { DecisionLog, DecisionRecordInput, LogStats, StoredRecord, VerifyResult } from "@cordon/pdp";

const NO_HASH = "0".repeat(64);

/** A decision log that keeps the record given last, in memory: for a question whose answer is only looked at. */
export class LastRecord implements DecisionLog {
  record: StoredRecord | undefined;

  async append(record: DecisionRecordInput): Promise<void> {
    this.record = { ...record, replayable: true, seq: 1, previousHash: NO_HASH, hash: NO_HASH };
  }

  async list(): Promise<{ records: StoredRecord[]; next: null }> {
    return { records: this.record === undefined ? [] : [this.record], next: null };
  }

  async get(id: string): Promise<StoredRecord | undefined> {
    return this.record?.id === id ? this.record : undefined;
  }

  async verify(): Promise<VerifyResult> {
    return {
      ok: true,
      records: 0,
      firstSeq: null,
      lastSeq: 0,
      headHash: NO_HASH,
      problems: [],
      problemCount: 0,
      checkpoints: [],
      notes: ["nothing is kept"],
    };
  }

  async *follow(): AsyncIterable<StoredRecord> {}

  async flush(): Promise<void> {}

  async close(): Promise<void> {}

  stats(): LogStats {
    return {
      mode: "buffered",
      queued: 0,
      waiting: 0,
      written: 0,
      commits: 0,
      rejected: 0,
      failures: 0,
      lastSeq: 0,
      lastError: null,
      retention: { removed: 0, failures: 0, problem: null },
      healthy: true,
    };
  }
}
