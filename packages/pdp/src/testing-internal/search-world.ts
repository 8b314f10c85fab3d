import { EntityStore, EntityUid, type PolicyJson, type ResolvedSchema } from "@cordon/engine";
import type { EntityMapping } from "@cordon/planner/mapping";
import { parseMappings } from "@cordon/planner/mapping";
import fc from "fast-check";
import { buildSnapshot, type Snapshot, withSources } from "../pipeline/snapshot.js";
import { LiveSource, type Source, SourceSet } from "../sources/index.js";
import { bundleOf, world } from "./live-world.js";

const TYPES = ["User", "Doc", "Group"] as const;
type TypeName = (typeof TYPES)[number];

/** Where an entity is: in the project's files, in the database, or in both. */
export type Where = "files" | "database" | "both";

export interface SearchEntity {
  readonly type: TypeName;
  readonly id: string;
  readonly a: number | null;
  readonly b: boolean | null;
  /** The id of a User. */
  readonly ref: string | null;
  readonly groups: readonly string[];
  readonly where: Where;
}

export interface SearchCase {
  readonly entities: readonly SearchEntity[];
  readonly policies: readonly PolicyJson[];
  /** Ids in the database are integers. */
  readonly integers: boolean;
  /** What the caller vouches for of whom the search names. */
  readonly properties: Readonly<Record<string, unknown>> | null;
  readonly named: string;
}

const LONG = { type: { type: "Long" }, required: false } as const;
const BOOLEAN = { type: { type: "Boolean" }, required: false } as const;
const USER = { type: { type: "Entity", name: "User" }, required: false } as const;

/** With it filters know of which types attributes are; policies are not checked against it. */
export const SEARCH_SCHEMA: ResolvedSchema = {
  entityTypes: {
    User: { memberOfTypes: ["Group"], attributes: { a: LONG, b: BOOLEAN, ref: USER } },
    Doc: { memberOfTypes: ["Group"], attributes: { a: LONG, b: BOOLEAN, ref: USER } },
    Group: { memberOfTypes: ["Group"], attributes: { a: LONG, b: BOOLEAN, ref: USER } },
  },
  actions: {
    'Action::"act"': {
      uid: { type: "Action", id: "act" },
      memberOf: [],
      principalTypes: ["User"],
      resourceTypes: ["Doc"],
      context: { type: "Record", attributes: {} },
    },
  },
};

/** Those that policies name, and those that are easily mixed up. */
const NAMED = ["0", "1", "2"];
const ODD = ["a", "A", "ä", "Z z", "'", '"; --', "10", "%", "\u{1F600}", ""];
const NUMBERS = ["10", "9", "-3", "007x"];

function entity(type: TypeName, id: string, inDatabase: boolean): fc.Arbitrary<SearchEntity> {
  const above = type === "Group" ? NAMED.filter((other) => other > id) : NAMED;
  return fc.record({
    type: fc.constant(type),
    id: fc.constant(id),
    a: fc.option(fc.integer({ min: 0, max: 2 }), { freq: 4 }),
    b: fc.option(fc.boolean(), { freq: 4 }),
    ref: fc.option(fc.constantFrom(...NAMED, "a"), { freq: 3 }),
    groups:
      type === "Group" && !NAMED.includes(id)
        ? fc.constant([])
        : fc.subarray(above, { maxLength: Math.min(2, above.length) }),
    where: inDatabase
      ? fc.constantFrom<Where>("database", "database", "files", "both")
      : fc.constant<Where>("files"),
  });
}

/** @param databases where entities may be besides the project's files */
export function searchCases(databases: boolean): fc.Arbitrary<SearchCase> {
  return fc.tuple(fc.boolean(), fc.boolean()).chain(([integers, plain]) => {
    const ids = [...NAMED, ...(integers ? NUMBERS : ODD)];
    const all = TYPES.flatMap((type) =>
      ids.map((id) => fc.option(entity(type, id, databases && isStorable(id, integers)), { freq: 6 })),
    );
    return fc.record({
      entities: fc.tuple(...all).map((made) => made.filter((one) => one !== null)),
      policies: world.map(({ policies }) => policies),
      integers: fc.constant(integers),
      properties: plain
        ? fc.constant(null)
        : fc.record({ a: fc.nat({ max: 2 }), b: fc.boolean() }, { requiredKeys: [] }),
      named: fc.constantFrom(...ids),
    });
  });
}

function isStorable(id: string, integers: boolean): boolean {
  return !integers || /^-?\d+$/.test(id);
}

/** The snapshot of a case; without a source it has only files. */
export function snapshotOf({ entities, policies }: SearchCase, source: Source | null): Snapshot {
  const store = EntityStore.from(
    entities
      .filter(({ where }) => where !== "database")
      .map(({ type, id, a, b, ref, groups }) => ({
        uid: EntityUid.of(type, id),
        attrs: new Map(
          Object.entries({ a, b, ref: ref === null ? null : EntityUid.of("User", ref) }).flatMap(
            ([name, value]) => (value === null ? [] : [[name, value] as const]),
          ),
        ),
        parents: groups.map((group) => EntityUid.of("Group", group)),
      })),
  );
  const snapshot = buildSnapshot({ ...bundleOf(policies), schema: SEARCH_SCHEMA }, store);
  if (source === null) return snapshot;
  const live = new LiveSource({ source, options: {}, schema: SEARCH_SCHEMA, secrets: [], logger: undefined });
  return withSources(snapshot, new SourceSet([live], [], SEARCH_SCHEMA));
}

/** `b` of documents is in nobody's database: what asks for it is decided, not filtered. */
export function mappingsOf({ integers }: SearchCase): readonly EntityMapping[] {
  const type = (name: TypeName, members: object): object => ({
    table: `${name.toLowerCase()}_row`,
    id: { column: "id", as: integers ? "integer" : "text" },
    ...members,
    parents: [{ type: "Group", table: `${name.toLowerCase()}_in`, child: "child", parent: "parent" }],
  });
  const a = { column: "a" };
  const b = { column: "b" };
  const ref = { column: "ref", entity: "User", as: integers ? "integer" : "text" };
  return parseMappings({
    User: type("User", { attributes: { a, b, ref } }),
    Doc: type("Doc", { attributes: { a, ref } }),
    Group: type("Group", { attributes: { a, b } }),
  });
}

/** What makes the tables and fills them, anew. @param textType of ids that are no integers */
export function tablesOf({ entities, integers }: SearchCase, textType = "text"): string[] {
  const idType = integers ? "bigint" : textType;
  const id = (text: string | null): string => {
    if (text === null || (integers && !isStorable(text, true))) return "NULL";
    return integers ? text : `'${text.replaceAll("'", "''")}'`;
  };
  const stored = entities.filter(({ where }) => where !== "files");
  return [
    ...TYPES.flatMap((type) => {
      const table = type.toLowerCase();
      return [
        `DROP TABLE IF EXISTS ${table}_row`,
        `DROP TABLE IF EXISTS ${table}_in`,
        `CREATE TABLE ${table}_row (id ${idType} NOT NULL, a bigint, b boolean, ref ${idType})`,
        `CREATE TABLE ${table}_in (child ${idType}, parent ${idType})`,
      ];
    }),
    ...stored.flatMap((one) => {
      const table = one.type.toLowerCase();
      return [
        `INSERT INTO ${table}_row VALUES (${id(one.id)}, ${one.a}, ${one.b}, ${id(one.ref)})`,
        ...one.groups.map((group) => `INSERT INTO ${table}_in VALUES (${id(one.id)}, ${id(group)})`),
      ];
    }),
  ];
}
