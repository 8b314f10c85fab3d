import { CedarRecord, CedarSet, EntityUid, type Value } from "@cordon/engine";
import type { SourceChange } from "../source.js";
import { covers, isConcerned, type Part, type Wanted } from "./part.js";

/** What is kept of one entity. */
interface Entry {
  readonly type: string;
  readonly id: string;
  /** Answers with and without parents and tags are kept apart: each stays whole and of one time. */
  readonly parts: (Part | undefined)[];
  bytes: number;
}

/** Answers of one source, the least recently used given up first where they would take more room than they may. */
export class PartCache {
  /** In the order of use. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(private readonly limitBytes: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Entities of which something is kept. */
  get size(): number {
    return this.#entries.size;
  }

  /** The newest answer that says all that is wanted. */
  get(type: string, id: string, wanted: Wanted): Part | undefined {
    const key = keyOf(type, id);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    let newest: Part | undefined;
    for (const part of entry.parts) {
      if (part === undefined || !covers(part.wanted, wanted)) continue;
      if (newest === undefined || part.askedAt > newest.askedAt) newest = part;
    }
    if (newest === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return newest;
  }

  set(type: string, id: string, part: Part): void {
    const key = keyOf(type, id);
    const entry = this.#entries.get(key) ?? { type, id, parts: [], bytes: 0 };
    const variant = (part.wanted.parents ? 1 : 0) + (part.wanted.tags ? 2 : 0);
    const before = entry.parts[variant];
    // Answers may overtake each other.
    if (before !== undefined && before.askedAt > part.askedAt) return;
    this.#drop(key, entry);
    entry.parts[variant] = part;
    entry.bytes = 2 * key.length;
    for (const kept of entry.parts) if (kept !== undefined) entry.bytes += sizeOf(kept);
    if (entry.bytes > this.limitBytes) return;
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
    for (const [oldest, other] of this.#entries) {
      if (this.#bytes <= this.limitBytes) break;
      this.#drop(oldest, other);
    }
  }

  changed(change: SourceChange): void {
    const { type, id } = change;
    if (type !== undefined && id !== undefined) {
      const key = keyOf(type, id);
      const entry = this.#entries.get(key);
      if (entry !== undefined) this.#drop(key, entry);
      return;
    }
    for (const [key, entry] of this.#entries) {
      if (isConcerned(change, entry.type, entry.id)) this.#drop(key, entry);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #drop(key: string, entry: Entry): void {
    if (this.#entries.delete(key)) this.#bytes -= entry.bytes;
  }
}

/** No name of a type has a NUL. */
function keyOf(type: string, id: string): string {
  return `${type}\0${id}`;
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
