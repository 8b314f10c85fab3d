import { CedarRecord, CedarSet, EntityUid, type Value } from "@cordon/engine";
import type { SourceChange } from "../source.js";
import { covers, isConcerned, type Part, type Wanted } from "./part.js";

interface Entry {
  readonly type: string;
  readonly id: string;
  readonly part: Part;
  readonly bytes: number;
}

/** Of one entity, answers with and without parents and tags are kept apart: each stays whole and of one time. */
const VARIANTS = ["11", "10", "01", "00"] as const;

/** Answers of one source, the least recently used given up first where they would take more room than they may. */
export class PartCache {
  /** In the order of use. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(private readonly limitBytes: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The newest answer that says all that is wanted. */
  get(type: string, id: string, wanted: Wanted): Part | undefined {
    let newest: Entry | undefined;
    let newestKey = "";
    for (const variant of VARIANTS) {
      if ((wanted.parents && variant[0] === "0") || (wanted.tags && variant[1] === "0")) continue;
      const key = `${variant}${type}\0${id}`;
      const entry = this.#entries.get(key);
      if (entry === undefined || !covers(entry.part.wanted, wanted)) continue;
      if (newest !== undefined && newest.part.askedAt >= entry.part.askedAt) continue;
      newest = entry;
      newestKey = key;
    }
    if (newest === undefined) return undefined;
    this.#entries.delete(newestKey);
    this.#entries.set(newestKey, newest);
    return newest.part;
  }

  set(type: string, id: string, part: Part): void {
    const key = `${part.wanted.parents ? 1 : 0}${part.wanted.tags ? 1 : 0}${type}\0${id}`;
    const before = this.#entries.get(key);
    // Answers may overtake each other.
    if (before !== undefined && before.part.askedAt > part.askedAt) return;
    const bytes = sizeOf(part) + 2 * key.length;
    this.#delete(key, before);
    if (bytes > this.limitBytes) return;
    this.#entries.set(key, { type, id, part, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.limitBytes) break;
      this.#delete(oldest, entry);
    }
  }

  changed(change: SourceChange): void {
    const { type, id } = change;
    if (type !== undefined && id !== undefined) {
      for (const variant of VARIANTS) {
        const key = `${variant}${type}\0${id}`;
        this.#delete(key, this.#entries.get(key));
      }
      return;
    }
    for (const [key, entry] of this.#entries) {
      if (isConcerned(change, entry.type, entry.id)) this.#delete(key, entry);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #delete(key: string, entry: Entry | undefined): void {
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}

/** What an entry takes beyond its values, and a value beyond its text. */
const ENTRY_BYTES = 400;
const VALUE_BYTES = 48;

/** Roughly, and rather too much. */
function sizeOf({ entity }: Part): number {
  if (entity === null) return ENTRY_BYTES;
  let bytes = ENTRY_BYTES;
  for (const [name, value] of entity.attrs) bytes += 2 * name.length + sizeOfValue(value);
  for (const [name, value] of entity.tags ?? []) bytes += 2 * name.length + sizeOfValue(value);
  for (const parent of entity.parents) bytes += sizeOfValue(parent);
  return bytes;
}

function sizeOfValue(value: Value): number {
  if (typeof value === "string") return VALUE_BYTES + 2 * value.length;
  if (value instanceof EntityUid) return 2 * VALUE_BYTES + 2 * (value.type.length + value.id.length);
  let bytes = VALUE_BYTES;
  if (value instanceof CedarSet) for (const element of value) bytes += sizeOfValue(element);
  if (value instanceof CedarRecord) {
    for (const [name, member] of value) bytes += 2 * name.length + sizeOfValue(member);
  }
  return bytes;
}
