import { identityKey, identityText, type Structured, valuesEqual } from "./equality.js";
import type { Value } from "./types.js";

/** Up to this many elements a scan is quicker than hashing. */
const SCAN_LIMIT = 8;

/** A Cedar set: no order, no duplicates, structural equality. */
export class CedarSet implements Structured {
  static readonly EMPTY = CedarSet.of([]);
  readonly #elements: readonly Value[];
  #keys: ReadonlySet<unknown> | undefined;

  private constructor(elements: readonly Value[], keys: ReadonlySet<unknown> | undefined) {
    this.#elements = elements;
    this.#keys = keys;
  }

  static of(values: readonly Value[]): CedarSet {
    if (values.length <= SCAN_LIMIT) return new CedarSet(distinctByScan(values), undefined);
    const byKey = new Map<unknown, Value>();
    for (const value of values) {
      const key = identityKey(value);
      if (!byKey.has(key)) byKey.set(key, value);
    }
    return new CedarSet([...byKey.values()], new Set(byKey.keys()));
  }

  get size(): number {
    return this.#elements.length;
  }

  has(value: Value): boolean {
    if (this.#elements.length <= SCAN_LIMIT) return includes(this.#elements, value);
    this.#keys ??= new Set(this.#elements.map(identityKey));
    return this.#keys.has(identityKey(value));
  }

  [Symbol.iterator](): IterableIterator<Value> {
    return this.#elements.values();
  }

  equals(other: object): boolean {
    if (!(other instanceof CedarSet) || this.size !== other.size) return false;
    for (const element of this.#elements) if (!other.has(element)) return false;
    return true;
  }

  identity(): string {
    return `[${this.#elements.map(identityText).sort().join("")}]`;
  }
}

function distinctByScan(values: readonly Value[]): readonly Value[] {
  const distinct: Value[] = [];
  for (const value of values) if (!includes(distinct, value)) distinct.push(value);
  return distinct;
}

function includes(elements: readonly Value[], value: Value): boolean {
  for (const element of elements) if (valuesEqual(element, value)) return true;
  return false;
}
