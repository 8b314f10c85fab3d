import type { EntityUid } from "../value/entity-uid.js";

/** A map by uid, without building a key for each look-up: by type, then by id. */
export class UidMap<T> {
  readonly #byType = new Map<string, Map<string, T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(uid: EntityUid): T | undefined {
    return this.#byType.get(uid.type)?.get(uid.id);
  }

  set(uid: EntityUid, value: T): void {
    let byId = this.#byType.get(uid.type);
    if (byId === undefined) {
      byId = new Map();
      this.#byType.set(uid.type, byId);
    }
    const before = byId.size;
    byId.set(uid.id, value);
    this.#size += byId.size - before;
  }

  delete(uid: EntityUid): boolean {
    const byId = this.#byType.get(uid.type);
    if (byId?.delete(uid.id) !== true) return false;
    this.#size -= 1;
    if (byId.size === 0) this.#byType.delete(uid.type);
    return true;
  }

  *values(): Generator<T> {
    for (const byId of this.#byType.values()) yield* byId.values();
  }
}
