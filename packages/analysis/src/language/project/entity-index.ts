import { JsonError, type JsonValue, locateJson, parseJson } from "@cordon/engine/json";
import type { Document, Place } from "../text/documents.js";

/** The ids of the project's static entities, by type. */
export type EntityIndex = ReadonlyMap<string, ReadonlyMap<string, EntitySource>>;

export interface EntitySource {
  readonly document: Document;
  /** Its index in the file's list. */
  readonly index: number;
}

export function indexEntities(documents: readonly Document[]): EntityIndex {
  const found = new Map<string, Map<string, EntitySource>>();
  for (const document of documents) {
    for (const [index, item] of listOf(document.text).entries()) {
      const uid = uidOf(item);
      if (uid === null) continue;
      const ids = found.get(uid.type) ?? new Map<string, EntitySource>();
      found.set(uid.type, ids.set(uid.id, { document, index }));
    }
  }
  return found;
}

/** Where an entity's uid stands. */
export function entityPlace({ document, index }: EntitySource): Place {
  const { offset, length } = locateJson(document.text, `/${index}/uid`) ?? { offset: 0, length: 0 };
  return { path: document.path, start: offset, end: offset + length };
}

/** A file that can't be read for now has no entities. */
function listOf(text: string): readonly JsonValue[] {
  try {
    const json = parseJson(text);
    return Array.isArray(json) ? json : [];
  } catch (error) {
    if (error instanceof JsonError) return [];
    throw error;
  }
}

function uidOf(item: JsonValue): { type: string; id: string } | null {
  const uid = (
    item as { uid?: { type?: unknown; id?: unknown; __entity?: { type?: unknown; id?: unknown } } } | null
  )?.uid;
  const { type, id } = uid?.__entity ?? uid ?? {};
  return typeof type === "string" && typeof id === "string" ? { type, id } : null;
}
