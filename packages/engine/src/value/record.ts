import { identityText, type Structured, textIdentity, valuesEqual } from "./equality.js";
import type { Value } from "./types.js";

/** A Cedar record. Any text is an ordinary attribute name, `__proto__` included. */
export class CedarRecord implements Structured {
  static readonly EMPTY = new CedarRecord(new Map());
  readonly #attributes: ReadonlyMap<string, Value>;

  /** Takes the map over: whoever built it must not change it afterwards. */
  constructor(attributes: ReadonlyMap<string, Value>) {
    this.#attributes = attributes;
  }

  static of(entries: Iterable<readonly [string, Value]>): CedarRecord {
    return new CedarRecord(new Map(entries));
  }

  get size(): number {
    return this.#attributes.size;
  }

  get(name: string): Value | undefined {
    return this.#attributes.get(name);
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  keys(): IterableIterator<string> {
    return this.#attributes.keys();
  }

  [Symbol.iterator](): IterableIterator<[string, Value]> {
    return this.#attributes.entries();
  }

  equals(other: object): boolean {
    if (!(other instanceof CedarRecord) || this.size !== other.size) return false;
    for (const [name, value] of this) {
      const counterpart = other.get(name);
      if (counterpart === undefined || !valuesEqual(value, counterpart)) return false;
    }
    return true;
  }

  identity(): string {
    const members = [...this].map(([name, value]) => textIdentity(name) + identityText(value));
    return `{${members.sort().join("")}}`;
  }
}
