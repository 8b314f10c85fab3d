/** Keeps the most recently used values, a fixed number of them. */
export class LruCache<Value> {
  readonly #capacity: number;
  readonly #values = new Map<string, Value>();
  readonly #evicted: (value: Value) => void;

  /** @param evicted is told of each value that is no longer kept */
  constructor(capacity: number, evicted: (value: Value) => void = () => {}) {
    this.#capacity = capacity;
    this.#evicted = evicted;
  }

  /** The value of `key`, made by `create` where it isn't kept; if that throws, nothing changes. */
  get(key: string, create: () => Value): Value {
    const kept = this.#values.get(key);
    if (kept !== undefined) {
      // A Map iterates in order of insertion, so the least recently used comes first.
      this.#values.delete(key);
      this.#values.set(key, kept);
      return kept;
    }
    const value = create();
    this.#values.set(key, value);
    for (const [oldest, old] of this.#values) {
      if (this.#values.size <= this.#capacity) break;
      this.#values.delete(oldest);
      this.#evicted(old);
    }
    return value;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }
}
