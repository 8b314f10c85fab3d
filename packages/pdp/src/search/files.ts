import { createHash } from "node:crypto";
import type { Entity } from "@cordon/engine";
import { own } from "../pipeline/request-model.js";
import type { Snapshot } from "../pipeline/snapshot.js";

const NONE: readonly string[] = [];
const bySnapshot = new WeakMap<Snapshot, ReadonlyMap<string, readonly string[]>>();

/** Ids of all entities of a type in the project's files, and those that the schema lists; in a lasting order. */
export function idsInFiles(snapshot: Snapshot, type: string): readonly string[] {
  let byType = bySnapshot.get(snapshot);
  if (byType === undefined) {
    byType = collect(snapshot);
    bySnapshot.set(snapshot, byType);
  }
  return byType.get(type) ?? NONE;
}

const stamps = new WeakMap<readonly string[], string>();

/** A text that differs where the ids differ. */
export function stampOfFiles(snapshot: Snapshot, type: string): string {
  const ids = idsInFiles(snapshot, type);
  let stamp = stamps.get(ids);
  if (stamp === undefined) {
    stamp = createHash("sha256").update(JSON.stringify(ids)).digest("hex");
    stamps.set(ids, stamp);
  }
  return stamp;
}

/** Whether the schema says which entities of a type there are. */
export function isEnumerated({ model }: Snapshot, type: string): boolean {
  return model.schema !== null && own(model.schema.entityTypes, type)?.enum !== undefined;
}

function collect({ store, model }: Snapshot): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  const add = (type: string, id: string): void => {
    const ids = found.get(type);
    if (ids === undefined) found.set(type, new Set([id]));
    else ids.add(id);
  };
  if (!(Symbol.iterator in store)) throw new TypeError("a search needs entities that can be gone through");
  for (const { uid } of store as Iterable<Entity>) add(uid.type, uid.id);
  for (const [type, { enum: ids = [] }] of Object.entries(model.schema?.entityTypes ?? {})) {
    for (const id of ids) add(type, id);
  }
  return new Map([...found].map(([type, ids]) => [type, [...ids].sort()]));
}
