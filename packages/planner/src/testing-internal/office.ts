import {
  CedarRecord,
  type EntityData,
  EntityStore,
  EntityUid,
  type SchemaType,
  type Value,
} from "@cordon/engine";
import fc from "fast-check";
import type { IdStorage } from "../mapping/index.js";
import { DOC_ATTRIBUTES, FOLDER_ATTRIBUTES, USER_ATTRIBUTES } from "./office-schema.js";
import { idOf, NAMES_A_TYPE, type PoolOptions, text, valueOfType } from "./pools.js";

/** How one office's database is laid out, where there is a choice. */
export interface Layout {
  readonly ids: Readonly<Record<string, IdStorage>>;
  /** Index into the storages that the dialect offers for the attribute. */
  readonly choices: Readonly<Record<string, number>>;
  /** Parents in a column or in a join table, by type. */
  readonly joinTables: Readonly<Record<string, boolean>>;
  /** Text columns ignore case by their collation. */
  readonly ignoresCase: boolean;
}

export interface Office {
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

const ROWS: Readonly<Record<string, number>> = { User: 4, Group: 4, Folder: 4, Project: 2, Doc: 9 };

/** What a database can hold. */
export interface Abilities {
  readonly idStorages: readonly IdStorage[];
  readonly storesNul: boolean;
  readonly onlyTimestamps: boolean;
}

/** Offices full of NULLs, dangling references and hierarchies, in any layout. */
export function offices(abilities: Abilities): fc.Arbitrary<Office> {
  return layouts(abilities).chain((layout) => {
    const pools: PoolOptions = { ...abilities, ids: layout.ids };
    const entities = Object.entries(ROWS).flatMap(([type, count]) =>
      Array.from({ length: count }, (_, index) => entity(type, index, pools)),
    );
    return fc.tuple(...entities).map((made) => ({ layout, pools, entities: made }));
  });
}

export function storeOf({ entities }: Office): EntityStore {
  return EntityStore.from(entities as Iterable<EntityData>);
}

export function docsOf({ entities }: Office): readonly OfficeEntity[] {
  return entities.filter(({ uid }) => uid.type === "Doc");
}

function layouts({ idStorages }: Abilities): fc.Arbitrary<Layout> {
  const types = Object.keys(ROWS);
  const each = <T>(names: readonly string[], arbitrary: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
    fc
      .tuple(...names.map(() => arbitrary))
      .map((values) => Object.fromEntries(names.map((name, i) => [name, values[i] as T])));
  return fc.record({
    ids: each(types, fc.constantFrom(...idStorages)),
    choices: each([...Object.keys(DOC_ATTRIBUTES), ...Object.keys(USER_ATTRIBUTES)], fc.nat({ max: 2 })),
    joinTables: each(types, fc.boolean()),
    ignoresCase: fc.boolean(),
  });
}

const ATTRIBUTES: Readonly<Record<string, Readonly<Record<string, SchemaType>>>> = {
  Doc: DOC_ATTRIBUTES,
  User: USER_ATTRIBUTES,
  Folder: FOLDER_ATTRIBUTES,
};

function entity(type: string, index: number, pools: PoolOptions): fc.Arbitrary<OfficeEntity> {
  const uid = EntityUid.of(type, idOf(type, index, pools));
  const attrs = fc.tuple(
    ...Object.entries(ATTRIBUTES[type] ?? {}).map(([name, declared]) =>
      fc
        .option(valueOfType(declared, pools), { nil: undefined, freq: 3 })
        .map((value) => [name, value] as const),
    ),
  );
  const tags = fc.array(fc.tuple(text(pools), text(pools)), { maxLength: type === "Doc" ? 3 : 0 });
  return fc.tuple(attrs, parents(type, index, pools), tags).map(([members, above, labels]) => ({
    uid,
    attrs: new Map(members.filter((member): member is readonly [string, Value] => isThere(member[1]))),
    parents: above,
    tags: new Map(labels),
  }));
}

/** A record spread over columns that are all NULL isn't there. */
function isThere(value: Value | undefined): boolean {
  return value !== undefined && !(value instanceof CedarRecord && value.size === 0);
}

/** Within a type only from later to earlier, or to what has no row: Cedar refuses cycles. */
function parents(type: string, index: number, pools: PoolOptions): fc.Arbitrary<EntityUid[]> {
  const rows = ROWS[type] ?? 0;
  const own = Array.from({ length: NAMES_A_TYPE }, (_, i) => i).filter((i) => i < index || i >= rows);
  const ofType = (parent: string, indices: readonly number[]) =>
    fc.option(
      fc.constantFrom(...indices).map((i) => EntityUid.of(parent, idOf(parent, i, pools))),
      { nil: undefined, freq: 3 },
    );
  const all = Array.from({ length: NAMES_A_TYPE }, (_, i) => i);
  return fc.tuple(...above(type)).map((found) => found.filter((one) => one !== undefined));

  function above(child: string): fc.Arbitrary<EntityUid | undefined>[] {
    switch (child) {
      case "User":
        return [ofType("Group", all)];
      case "Group":
        return [ofType("Group", own)];
      case "Folder":
        return [ofType("Folder", own), ofType("Project", all)];
      case "Doc":
        return [ofType("Folder", all)];
      default:
        return [];
    }
  }
}
