import { EntityUid, type ResolvedSchema, type SchemaType, type Value } from "@cordon/engine";
import type { JsonValue } from "@cordon/engine/json";
import { at } from "../json-pointer.js";
import type { FetchedEntity, ProvidedType } from "../source.js";
import { SourceError } from "../source-error.js";
import { DataMismatch, expected, readJson, readUntyped } from "../strict-json.js";
import type { HttpTypeSettings } from "./settings.js";

/** What a service says of an entity, as JSON, read by the mapping of its type. */
export class EntityDocument {
  readonly provides: ProvidedType;
  readonly #settings: HttpTypeSettings;
  /** Null: without a schema, values are what they are in Cedar's own JSON. */
  readonly #types: ReadonlyMap<string, SchemaType> | null;
  readonly #tags: SchemaType | undefined;

  /** @throws SourceError `source_settings` where the mapping names what the schema doesn't have */
  constructor(source: string, type: string, settings: HttpTypeSettings, schema: ResolvedSchema | null) {
    this.#settings = settings;
    this.provides = {
      attributes: new Set(Object.keys(settings.attributes)),
      tags: settings.tags !== undefined,
      parents: new Set(settings.parents.map((parent) => parent.type)),
    };
    const declared = schema === null ? null : own(schema.entityTypes, type);
    const missing = (what: string) =>
      new SourceError("source_settings", source, `the schema has no ${what}`, "see `types` of the source");
    if (declared === undefined) throw missing(`entity type \`${type}\``);
    this.#tags = declared?.tags;
    if (declared === null) {
      this.#types = null;
      return;
    }
    const types = [...this.provides.attributes].map((name) => {
      const attribute = own(declared.attributes, name);
      if (attribute === undefined) throw missing(`attribute \`${name}\` of \`${type}\``);
      return [name, attribute.type] as const;
    });
    this.#types = new Map(types);
    for (const parent of this.provides.parents) {
      if (!declared.memberOfTypes.includes(parent)) throw missing(`parent \`${parent}\` of \`${type}\``);
    }
    if (settings.tags !== undefined && declared.tags === undefined) throw missing(`tags of \`${type}\``);
  }

  /** @throws DataMismatch */
  idIn(document: JsonValue): string {
    return idOf(at(document, this.#settings.id ?? ["id"]), "the id");
  }

  /** @throws DataMismatch, also where the document says that it is another entity */
  read(document: JsonValue, id: string): FetchedEntity {
    if (this.#settings.id !== undefined && this.idIn(document) !== id) {
      throw new DataMismatch("the service answers for another entity");
    }
    const attrs = new Map<string, Value>();
    for (const [name, { at: path }] of Object.entries(this.#settings.attributes)) {
      const value = this.#value(at(document, path), this.#types?.get(name), `\`${name}\``);
      if (value !== undefined) attrs.set(name, value);
    }
    return { attrs, tags: this.#readTags(document), parents: this.#parents(document) };
  }

  #value(json: JsonValue | undefined, type: SchemaType | undefined, what: string): Value | undefined {
    if (json === undefined) return undefined;
    return type === undefined ? readUntyped(json, what) : readJson(json, type, what);
  }

  #readTags(document: JsonValue): ReadonlyMap<string, Value> {
    const tags = new Map<string, Value>();
    if (this.#settings.tags === undefined) return tags;
    const json = at(document, this.#settings.tags) ?? null;
    if (json === null) return tags;
    if (typeof json !== "object" || Array.isArray(json)) throw expected("an object", "what holds the tags");
    for (const [name, tag] of Object.entries(json)) {
      const value = this.#value(tag, this.#tags, `the tag \`${name}\``);
      if (value !== undefined) tags.set(name, value);
    }
    return tags;
  }

  #parents(document: JsonValue): EntityUid[] {
    const parents = new Map<string, EntityUid>();
    for (const { type, at: path, id } of this.#settings.parents) {
      const found = at(document, path) ?? null;
      for (const element of Array.isArray(found) ? found : found === null ? [] : [found]) {
        const parent = EntityUid.of(
          type,
          idOf(id === undefined ? element : at(element, id), `a parent \`${type}\``),
        );
        parents.set(parent.toString(), parent);
      }
    }
    return [...parents.values()];
  }
}

function idOf(json: JsonValue | undefined, what: string): string {
  if (typeof json === "string") return json;
  if (typeof json === "bigint" || Number.isSafeInteger(json)) return String(json);
  throw expected("an id", what);
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
