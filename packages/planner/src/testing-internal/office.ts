import { CedarRecord, type EntityData, EntityStore, EntityUid, type Value } from "@cordon/engine";
import fc from "fast-check";
import type { IdStorage } from "../mapping/index.js";
import { generatedShapes } from "./generated-shapes.js";
import { OFFICE } from "./office-schema.js";
import { idOf, NAMES_A_TYPE, type PoolOptions, text, valueOfType } from "./pools.js";
import { attributesOf, parentsOf, reaches, type Shape, tagsOf, typesOf } from "./shape.js";

/** How one office's database is laid out, where there is a choice. */
export interface Layout {
  readonly ids: Readonly<Record<string, IdStorage>>;
  /** One for each attribute: an index into the storages that the dialect offers for it. */
  readonly choices: ReadonlyMap<string, number>;
  /** Parents in a column or in a join table, by type. */
  readonly joinTables: Readonly<Record<string, boolean>>;
  /** Text columns ignore case by their collation. */
  readonly ignoresCase: boolean;
}

export interface Office {
  readonly shape: Shape;
  readonly layout: Layout;
  readonly pools: PoolOptions;
  readonly entities: readonly OfficeEntity[];
}

export interface OfficeEntity {
  readonly uid: EntityUid;
  readonly attrs: ReadonlyMap<string, Value>;
  readonly parents: readonly EntityUid[];
  readonly tags: ReadonlyMap<string, Value>;
}

/** What a database can hold. */
export interface Abilities {
  readonly idStorages: readonly IdStorage[];
  readonly storesNul: boolean;
  readonly onlyTimestamps: boolean;
}

/** Offices full of NULLs, dangling references and hierarchies, in any layout: of the usual shape, or of any. */
export function offices(abilities: Abilities): fc.Arbitrary<Office> {
  const shapes = fc.oneof(
    { weight: 2, arbitrary: fc.constant(OFFICE) },
    { weight: 3, arbitrary: generatedShapes() },
  );
  return shapes.chain((shape) =>
    layouts(shape, abilities).chain((layout) => {
      const pools: PoolOptions = { ...abilities, ids: layout.ids };
      const made = typesOf(shape).flatMap((type) =>
        Array.from({ length: shape.rows[type] ?? 0 }, (_, index) =>
          new Maker(shape, layout, pools).entity(type, index),
        ),
      );
      return fc.tuple(...made).map((entities) => ({ shape, layout, pools, entities }));
    }),
  );
}

export function storeOf({ entities }: Office): EntityStore {
  return EntityStore.from(entities as Iterable<EntityData>);
}

export function docsOf({ entities }: Office): readonly OfficeEntity[] {
  return entities.filter(({ uid }) => uid.type === "Doc");
}

/** The name by which a layout has its choice for an attribute. */
export function choiceOf({ choices }: Layout, type: string, name: string): number {
  return choices.get(`${type} ${name}`) ?? 0;
}

function layouts(shape: Shape, { idStorages }: Abilities): fc.Arbitrary<Layout> {
  const types = typesOf(shape);
  const each = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
    fc
      .tuple(...types.map(() => arbitrary))
      .map((values) => Object.fromEntries(types.map((type, i) => [type, values[i] as T])));
  const names = types.flatMap((type) => attributesOf(type, shape).map(([name]) => `${type} ${name}`));
  return fc.record({
    ids: each(fc.constantFrom(...idStorages)),
    choices: fc
      .tuple(...names.map(() => fc.nat({ max: 2 })))
      .map((values) => new Map(names.map((name, i) => [name, values[i] ?? 0]))),
    joinTables: each(fc.boolean()),
    ignoresCase: fc.boolean(),
  });
}

class Maker {
  readonly #shape: Shape;
  readonly #layout: Layout;
  readonly #pools: PoolOptions;

  constructor(shape: Shape, layout: Layout, pools: PoolOptions) {
    this.#shape = shape;
    this.#layout = layout;
    this.#pools = pools;
  }

  entity(type: string, index: number): fc.Arbitrary<OfficeEntity> {
    const uid = EntityUid.of(type, idOf(type, index, this.#pools));
    return fc
      .tuple(this.#attributes(type), this.#parents(type, index), this.#tags(type))
      .map(([attrs, parents, tags]) => ({ uid, attrs, parents, tags }));
  }

  #attributes(type: string): fc.Arbitrary<ReadonlyMap<string, Value>> {
    const each = attributesOf(type, this.#shape).map(([name, { type: declared, required }]) => {
      const value = valueOfType(declared, this.#pools);
      const maybe = required ? value : fc.option(value, { nil: undefined, freq: 3 });
      return maybe.map((given) => [name, given] as const);
    });
    return fc
      .tuple(...each)
      .map((members) => new Map(members.filter((one): one is readonly [string, Value] => isThere(one[1]))));
  }

  #tags(type: string): fc.Arbitrary<ReadonlyMap<string, Value>> {
    const declared = tagsOf(type, this.#shape);
    if (declared === undefined) return fc.constant(new Map());
    const tag = fc.tuple(text(this.#pools), valueOfType(declared, this.#pools));
    return fc.array(tag, { maxLength: 3 }).map((tags) => new Map(tags));
  }

  /** In a column there is room for one of each type, in a join table for more. */
  #parents(type: string, index: number): fc.Arbitrary<EntityUid[]> {
    const maxLength = this.#layout.joinTables[type] === true ? 2 : 1;
    const each = parentsOf(type, this.#shape).map((parent) => {
      const above = this.#above(type, index, parent);
      if (above.length === 0) return fc.constant([]);
      return fc
        .option(fc.uniqueArray(fc.constantFrom(...above), { minLength: 1, maxLength }), { nil: [], freq: 3 })
        .map((indices) => indices.map((i) => EntityUid.of(parent, idOf(parent, i, this.#pools))));
    });
    return fc.tuple(...each).map((found) => found.flat());
  }

  /** Where types can lead back to themselves only what comes earlier, or has no row: Cedar refuses cycles. */
  #above(type: string, index: number, parent: string): number[] {
    const all = Array.from({ length: NAMES_A_TYPE }, (_, i) => i);
    if (parent !== type && !reaches(parent, type, this.#shape)) return all;
    const types = typesOf(this.#shape);
    const rank = (of: string, i: number) => i * types.length + types.indexOf(of);
    const rows = this.#shape.rows[parent] ?? 0;
    return all.filter((i) => i >= rows || rank(parent, i) < rank(type, index));
  }
}

/** A record spread over columns that are all NULL isn't there. */
function isThere(value: Value | undefined): boolean {
  return value !== undefined && !(value instanceof CedarRecord && value.size === 0);
}
