import type { Diagnostic } from "@cordon/cedar";
import {
  actionEntities,
  decodeEntity,
  EngineError,
  type EntityData,
  EntityStore,
  type ResolvedSchema,
} from "@cordon/engine";
import { JsonError, type JsonValue, locateJson, parseJson } from "@cordon/engine/json";
import { own } from "../pipeline/request-model.js";
import { didYouMean } from "./did-you-mean.js";
import type { SourceFile } from "./project-files.js";
import { SourcePositions } from "./source-position.js";

interface DecodedFile {
  readonly text: string;
  readonly entities: readonly EntityData[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Decoded entity files of the versions before, so that a reload decodes only what changed. */
export interface EntityFileCache {
  schema: ResolvedSchema | null;
  schemaText: string;
  files: Map<string, DecodedFile>;
  /** The store built of exactly `files`. */
  store?: EntityStore;
  count: number;
}

export interface StaticEntities {
  /** Absent when there is an error among `diagnostics`. */
  store?: EntityStore;
  /** Entities in the files; the store holds the actions of the schema besides. */
  count: number;
  diagnostics: Diagnostic[];
  cache: EntityFileCache;
}

/**
 * Decodes the entity files (each a list in Cedar's entity JSON) and joins them with
 * the actions of the schema. An entity is in one file only, once.
 */
export function loadEntities(
  files: readonly SourceFile[],
  schema: ResolvedSchema | null,
  schemaText: string,
  previous: EntityFileCache | undefined,
): StaticEntities {
  const usable = previous !== undefined && previous.schemaText === schemaText ? previous : undefined;
  const decoded = new Map<string, DecodedFile>();
  let reused = 0;
  for (const file of files) {
    const before = usable?.files.get(file.path);
    if (before?.text === file.text) reused++;
    decoded.set(file.path, before?.text === file.text ? before : decodeFile(file, schema));
  }
  const diagnostics = [...decoded.values()].flatMap((file) => file.diagnostics);
  const cache: EntityFileCache = { schema, schemaText, files: decoded, count: 0 };
  if (usable?.store !== undefined && reused === files.length && reused === usable.files.size) {
    return { store: usable.store, count: usable.count, diagnostics, cache: usable };
  }
  if (diagnostics.some((d) => d.severity === "error")) return { count: 0, diagnostics, cache };
  return join(decoded, schema, cache, diagnostics);
}

function join(
  decoded: ReadonlyMap<string, DecodedFile>,
  schema: ResolvedSchema | null,
  cache: EntityFileCache,
  diagnostics: Diagnostic[],
): StaticEntities {
  const all: EntityData[] = schema === null ? [] : actionEntities(schema);
  const actions = all.length;
  const keys = new Set<string>();
  for (const { entities } of decoded.values()) {
    for (const entity of entities) {
      all.push(entity);
      keys.add(entity.uid.key);
    }
  }
  cache.count = all.length - actions;
  if (keys.size < cache.count) {
    diagnostics.push(...duplicates(decoded));
    return { count: cache.count, diagnostics, cache };
  }
  try {
    cache.store = EntityStore.from(all);
    return { store: cache.store, count: cache.count, diagnostics, cache };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    diagnostics.push(hierarchyDiagnostic(error, decoded));
    return { count: cache.count, diagnostics, cache };
  }
}

function decodeFile(file: SourceFile, schema: ResolvedSchema | null): DecodedFile {
  const fail = (diagnostics: Diagnostic[]): DecodedFile => ({ text: file.text, entities: [], diagnostics });
  let json: JsonValue;
  try {
    json = parseJson(file.text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return fail([jsonDiagnostic(file, error)]);
  }
  if (!Array.isArray(json)) {
    const help =
      'write a list, such as [{ "uid": { "type": "User", "id": "ann" }, "attrs": {}, "parents": [] }]';
    return fail([
      entityDiagnostic(file, "", "entities_not_list", "the file is not a list of entities", help),
    ]);
  }
  const entities: EntityData[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [index, item] of json.entries()) {
    try {
      entities.push(decodeEntity(item, schema));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const pointer = `/${index}${error.path ?? ""}`;
      const help = error.help ?? helpFor(error, item, schema);
      diagnostics.push(entityDiagnostic(file, pointer, error.code, error.message, help));
    }
  }
  return { text: file.text, entities, diagnostics };
}

function jsonDiagnostic(file: SourceFile, error: JsonError): Diagnostic {
  const positions = new SourcePositions(file.text);
  return {
    code: error.code,
    severity: "error",
    message: error.message,
    help: error.help ?? JSON_HELP[error.code],
    file: file.path,
    range: positions.range(error.offset, Math.min(error.offset + 1, file.text.length)),
  };
}

const JSON_HELP: Readonly<Record<JsonError["code"], string>> = {
  json_syntax:
    "keys and text stand in double quotes, with a comma between two members and none after the last",
  json_duplicate_key: "keep one of the two",
  json_too_deep: "no entity needs to be nested this deeply",
  json_lone_surrogate: "write the whole character, or both halves of its escape",
  json_number_range: "numbers are whole and fit into 64 bits",
};

/** What to do about an entity that the schema does not take, or that is none. */
function helpFor(error: EngineError, entity: JsonValue, schema: ResolvedSchema | null): string {
  if (schema === null || error.path?.startsWith("/uid")) {
    const types = Object.keys(schema?.entityTypes ?? {});
    const near = didYouMean(String(typeOf(entity)), types);
    if (near !== undefined && near !== typeOf(entity)) return `did you mean \`${near}\`?`;
    return 'an entity is { "uid": { "type": "User", "id": "ann" }, "attrs": {}, "parents": [] }';
  }
  const type = typeOf(entity);
  const declared = type === undefined ? undefined : own(schema.entityTypes, type);
  const attribute = /^\/attrs\/([^/]+)$/.exec(error.path ?? "")?.[1];
  if (declared !== undefined && attribute !== undefined && !Object.hasOwn(declared.attributes, attribute)) {
    const near = didYouMean(attribute, Object.keys(declared.attributes));
    if (near !== undefined) return `did you mean \`${near}\`?`;
  }
  return `change the entity, or what the schema says of \`${type ?? "its type"}\``;
}

function typeOf(entity: JsonValue): string | undefined {
  const uid = (entity as { uid?: { type?: unknown } } | null)?.uid;
  return typeof uid?.type === "string" ? uid.type : undefined;
}

/** A diagnostic at the value that a JSON pointer names, or at the nearest value around it. */
function entityDiagnostic(
  file: SourceFile,
  pointer: string,
  code: string,
  message: string,
  help: string,
): Diagnostic {
  return {
    code,
    severity: "error",
    message,
    help,
    file: file.path,
    range: rangeAt(file.text, pointer),
  };
}

function rangeAt(text: string, pointer: string): NonNullable<Diagnostic["range"]> {
  const positions = new SourcePositions(text);
  for (let at = pointer; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    const found = locate(text, at);
    if (found !== undefined) {
      // Only the first line of a value that spans lines is underlined.
      const lineEnd = text.indexOf("\n", found.offset);
      const end = Math.min(found.offset + found.length, lineEnd === -1 ? text.length : lineEnd);
      return positions.range(found.offset, end);
    }
    if (at === "") return positions.range(0, 0);
  }
}

function locate(text: string, pointer: string): { offset: number; length: number } | undefined {
  try {
    return locateJson(text, pointer);
  } catch {
    return undefined; // the pointer names a member that is missing
  }
}

function duplicates(decoded: ReadonlyMap<string, DecodedFile>): Diagnostic[] {
  const first = new Map<string, string>();
  const found: Diagnostic[] = [];
  for (const [path, { text, entities }] of decoded) {
    for (const [index, { uid }] of entities.entries()) {
      const before = first.get(uid.key);
      if (before === undefined) first.set(uid.key, `${path}, item ${index + 1}`);
      else {
        const message = `the entity \`${uid}\` is already defined in ${before}`;
        const help = "keep one of the two, with the attributes and parents of both";
        found.push(entityDiagnostic({ path, text }, `/${index}/uid`, "duplicate_entity", message, help));
      }
    }
  }
  return found;
}

/** A cycle among parents: placed at the entity that the engine names, where it names one. */
function hierarchyDiagnostic(error: EngineError, decoded: ReadonlyMap<string, DecodedFile>): Diagnostic {
  const help = error.help ?? "take one of the parents out: nothing can be among its own ancestors";
  for (const [path, { text, entities }] of decoded) {
    const index = entities.findIndex(({ uid }) => error.message.includes(`\`${uid}\``));
    if (index === -1) continue;
    return entityDiagnostic({ path, text }, `/${index}/parents`, error.code, error.message, help);
  }
  const path = decoded.keys().next().value ?? "entities";
  return { code: error.code, severity: "error", message: error.message, help, file: path };
}
