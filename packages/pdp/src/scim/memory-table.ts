import type { ScimTable } from "./directory.js";
import type { Stored } from "./resource.js";

/** Users and groups that are gone with the process: to look at settings, without a store. */
export class MemoryTable implements ScimTable {
  readonly #rows = new Map<string, Stored>();
  #version = 0;

  version(): number {
    return this.#version;
  }

  all(): Iterable<Stored> {
    return this.#rows.values();
  }

  async write<T>(work: (rows: { put(row: Stored): void; remove(id: string): void }) => T): Promise<T> {
    const result = work({
      put: (row) => void this.#rows.set(row.id, row),
      remove: (id) => void this.#rows.delete(id),
    });
    this.#version++;
    return result;
  }

  close(): void {}
}
