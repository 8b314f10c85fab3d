import {
  decodeEntity,
  EngineError,
  type Entities,
  type EntityData,
  type EntityJson,
  type EntityStore,
  type EntityUid,
  encodeEntity,
  type ResolvedSchema,
  type SchemaType,
} from "@cordon/engine";
import type { ProjectEntities } from "@cordon/pdp/pipeline";
import type { GivenEntities as GivenContent } from "./format.js";
import { readUid } from "./references.js";

/** A store with a test's entities over it, over which a request's own still go. */
export class GivenEntities implements ProjectEntities {
  readonly #base: EntityStore;
  readonly #given: readonly EntityData[];
  readonly #view: Entities;

  /** @throws EngineError `entity_cycle` */
  constructor(base: EntityStore, given: readonly EntityData[]) {
    this.#base = base;
    this.#given = given;
    this.#view = base.overlay(given);
  }

  get(uid: EntityUid) {
    return this.#view.get(uid);
  }

  overlay(extra: Iterable<EntityData>): Entities {
    const own = [...extra];
    const under = this.#given.filter(({ uid }) => !own.some((other) => other.uid.equals(uid)));
    return this.#base.overlay([...under, ...own]);
  }
}

/** Reports what is wrong at a path below the mapping of entities. */
export type ReportEntity = (path: readonly PropertyKey[], error: EngineError) => void;

/**
 * The entities of a test: each is read over the project's entity of that uid, if there is one, and must then be
 * whole by the schema, as an entity of the project must.
 */
export function decodeGiven(
  content: GivenContent,
  store: Entities,
  schema: ResolvedSchema | null,
  report: ReportEntity,
): EntityData[] {
  return Object.entries(content).flatMap(([name, given]) => {
    try {
      const uid = readUid(name);
      const known = store.get(uid);
      const base: EntityJson =
        known === undefined
          ? { uid: { type: uid.type, id: uid.id }, attrs: {}, parents: [] }
          : (encodeEntity(known) as EntityJson);
      return [decodeEntity(laidOver(base, given, uid, schema), schema)];
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      report([name, ...yamlPath(error.path ?? "")], error);
      return [];
    }
  });
}

function laidOver(
  base: EntityJson,
  given: GivenContent[string],
  uid: EntityUid,
  schema: ResolvedSchema | null,
): unknown {
  const declared =
    schema !== null && Object.hasOwn(schema.entityTypes, uid.type) ? schema.entityTypes[uid.type] : undefined;
  const typeOf = (name: string) =>
    declared !== undefined && Object.hasOwn(declared.attributes, name)
      ? declared.attributes[name]?.type
      : undefined;
  const attributes = Object.entries(given.attributes ?? {}).map(([name, value]) => [
    name,
    withUids(value, typeOf(name)),
  ]);
  const tags = Object.entries(given.tags ?? {}).map(([name, value]) => [
    name,
    withUids(value, declared?.tags),
  ]);
  return {
    uid: base.uid,
    attrs: withoutNulls({ ...base.attrs, ...Object.fromEntries(attributes) }),
    tags: withoutNulls({ ...base.tags, ...Object.fromEntries(tags) }),
    parents: given.parents === undefined ? base.parents : given.parents.map(uidJson),
  };
}

/** Where the schema wants an entity, its name as text will do. */
function withUids(value: unknown, type: SchemaType | undefined): unknown {
  if (type === undefined) return value;
  if (type.type === "Entity" && typeof value === "string") return uidJson(value);
  if (type.type === "Set" && Array.isArray(value))
    return value.map((element) => withUids(element, type.element));
  if (type.type === "Record" && typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, withUids(inner, type.attributes[name]?.type)]),
    );
  }
  return value;
}

function uidJson(text: string): { type: string; id: string } {
  const { type, id } = readUid(text);
  return { type, id };
}

/** `null` takes an optional attribute away. */
function withoutNulls(attributes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
}

/** `/attrs/clearance` of Cedar's JSON is `attributes.clearance` here; a part that isn't there is the whole's. */
function yamlPath(pointer: string): PropertyKey[] {
  const [first, ...rest] = pointer.split("/").slice(1);
  if (first === undefined || first === "uid" || rest.length === 0) return [];
  const parts = rest.map((part) => {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    return /^\d+$/.test(name) ? Number(name) : name;
  });
  return [first === "attrs" ? "attributes" : first, ...parts];
}
