import { identityText, type Structured, textIdentity, valuesEqual } from "./equality.js";
import type { Value } from "./types.js";

/** A Cedar record. Any text is an ordinary attribute name, `__proto__` included. */
export class CedarRecord implements Structured {
  static readonly EMPTY = new CedarRecord(new Map());
  /** The value of each attribute; or, in a packed record, where among the values it stands. */
  readonly #attributes: ReadonlyMap<string, Value>;
  readonly #values: readonly Value[] | undefined;

  /** Takes the map over: whoever built it must not change it afterwards. */
  constructor(attributes: ReadonlyMap<string, Value>);
  /**
   * A packed record: `attributes` says where among the values each attribute's value stands. Records of one
   * kind share that map, which makes each a third of its size.
   */
  constructor(attributes: ReadonlyMap<string, number>, values: readonly Value[]);
  constructor(attributes: ReadonlyMap<string, Value>, values?: readonly Value[]) {
    this.#attributes = attributes;
    this.#values = values;
  }

  static of(entries: Iterable<readonly [string, Value]>): CedarRecord {
    return new CedarRecord(new Map(entries));
  }

  get size(): number {
    return this.#attributes.size;
  }

  get(name: string): Value | undefined {
    const found = this.#attributes.get(name);
    return this.#values === undefined ? found : this.#values[found as number];
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  keys(): IterableIterator<string> {
    return this.#attributes.keys();
  }

  [Symbol.iterator](): IterableIterator<[string, Value]> {
    const values = this.#values;
    return values === undefined ? this.#attributes.entries() : unpack(this.#attributes.keys(), values);
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

function* unpack(names: Iterable<string>, values: readonly Value[]): Generator<[string, Value], undefined> {
  let index = 0;
  for (const name of names) {
    const value = values[index++];
    if (value !== undefined) yield [name, value];
  }
}
