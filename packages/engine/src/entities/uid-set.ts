import type { EntityUid } from "../value/entity-uid.js";

/** Up to this many elements a scan is quicker than hashing. */
const SCAN_LIMIT = 8;

/** Distinct uids, none of which ever comes or goes. */
export class UidSet implements Iterable<EntityUid> {
  static readonly EMPTY = new UidSet([]);
  readonly #uids: readonly EntityUid[];
  /** By id alone, which is text that already has its hash; several where types share an id. */
  #byId: Map<string, EntityUid | EntityUid[]> | undefined;
  /** What somebody found out about these uids, and will know again as its own. */
  memo: object | undefined;

  /** Takes the array over: its elements must be distinct, and nobody may change it afterwards. */
  constructor(uids: readonly EntityUid[]) {
    this.#uids = uids;
    this.#byId = undefined;
    this.memo = undefined;
  }

  get size(): number {
    return this.#uids.length;
  }

  has(uid: EntityUid): boolean {
    if (this.#uids.length > SCAN_LIMIT) return this.#find(uid);
    for (const own of this.#uids)
      if (own === uid || (own.id === uid.id && own.type === uid.type)) return true;
    return false;
  }

  [Symbol.iterator](): IterableIterator<EntityUid> {
    return this.#uids.values();
  }

  #find(uid: EntityUid): boolean {
    this.#byId ??= byId(this.#uids);
    const found = this.#byId.get(uid.id);
    if (Array.isArray(found)) return found.some((own) => own.type === uid.type);
    return found !== undefined && found.type === uid.type;
  }
}

function byId(uids: readonly EntityUid[]): Map<string, EntityUid | EntityUid[]> {
  const found = new Map<string, EntityUid | EntityUid[]>();
  for (const uid of uids) {
    const others = found.get(uid.id);
    if (others === undefined) found.set(uid.id, uid);
    else if (Array.isArray(others)) others.push(uid);
    else found.set(uid.id, [others, uid]);
  }
  return found;
}

/** Whether these are the same, whatever their order and how often each is given. */
export function sameUids(a: readonly EntityUid[], b: readonly EntityUid[]): boolean {
  if (a === b) return true;
  const keys = new Set(a.map((uid) => uid.key));
  const others = new Set(b.map((uid) => uid.key));
  return keys.size === others.size && [...keys].every((key) => others.has(key));
}
