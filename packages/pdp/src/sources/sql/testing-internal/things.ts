import { encodeValue, type ResolvedSchema, type SchemaType } from "@cordon/engine";
import { SourceError } from "../../source-error.js";
import type { SqlSource } from "../sql-source.js";

const optional = (type: SchemaType) => ({ type, required: false });
const extension = (name: "datetime" | "decimal" | "duration" | "ipaddr") =>
  optional({ type: "Extension", name });
const STRING: SchemaType = { type: "String" };
const LONG: SchemaType = { type: "Long" };

/** A type with an attribute of every Cedar type, and every way in which parents, sets and tags lie in tables. */
export const THINGS_SCHEMA: ResolvedSchema = {
  entityTypes: {
    Box: { memberOfTypes: [], attributes: {} },
    Thing: {
      memberOfTypes: ["Box"],
      attributes: {
        yes: optional({ type: "Boolean" }),
        long: optional(LONG),
        text: optional(STRING),
        at: extension("datetime"),
        price: extension("decimal"),
        lasts: extension("duration"),
        ip: extension("ipaddr"),
        labels: optional({ type: "Set", element: STRING }),
        ports: optional({ type: "Set", element: LONG }),
        box: optional({ type: "Entity", name: "Box" }),
        shift: optional({
          type: "Record",
          attributes: { from: { type: LONG, required: true }, note: { type: STRING, required: false } },
        }),
        made: optional({
          type: "Record",
          attributes: {
            at: { type: { type: "Extension", name: "datetime" }, required: true },
            in: { type: { type: "Entity", name: "Box" }, required: false },
          },
        }),
      },
      tags: LONG,
    },
  },
  actions: {},
};

/** The mapping, with integers for ids. What a database stores otherwise is said by the test of that database. */
export const THINGS = {
  Thing: {
    table: "things",
    id: { column: "id", as: "integer" },
    attributes: {
      yes: "yes",
      long: "lng",
      text: "txt",
      at: "moment",
      price: "price",
      lasts: "lasts",
      ip: "ip",
      labels: "labels",
      ports: { table: "thing_ports", owner: "thing", value: "port" },
      box: "box",
      shift: { members: { from: "shift_from", note: "shift_note" } },
      made: { column: "made", as: "json" },
    },
    parents: [
      { type: "Box", column: "box" },
      { type: "Box", table: "thing_boxes", child: "thing", parent: "box" },
    ],
    tags: { table: "thing_tags", entity: "thing", key: "k", value: "v" },
  },
};

export const MADE = '{"at": "2026-01-31T08:00:00Z", "in": "b9", "else": [1.5, null]}';

/** What all databases must read of the first thing, which has everything. */
export const WHOLE_THING = {
  attrs: {
    yes: true,
    long: 9007199254740993n,
    text: "Ü 😀\n'\\",
    at: { __extn: { fn: "datetime", arg: "1969-12-31T23:59:59.998Z" } },
    price: { __extn: { fn: "decimal", arg: "-0.05" } },
    lasts: { __extn: { fn: "duration", arg: "1s500ms" } },
    ip: { __extn: { fn: "ip", arg: "10.0.0.0/8" } },
    labels: ["a", 'b"c', ""],
    ports: [443, 80],
    box: { __entity: { type: "Box", id: "b1" } },
    shift: { from: -8 },
    made: {
      at: { __extn: { fn: "datetime", arg: "2026-01-31T08:00:00Z" } },
      in: { __entity: { type: "Box", id: "b9" } },
    },
  },
  parents: ['Box::"b1"', 'Box::"b2"'],
  tags: { small: 1, "a.b": -2 },
};

/** The second thing has nothing: no attribute but the set in its table, which is empty. */
export const EMPTY_THING = { attrs: { ports: [] }, parents: [], tags: {} };

/** Reads things whole, in a form that can be compared. */
export async function readThings(
  source: SqlSource,
  ids: readonly string[],
  signal: AbortSignal = AbortSignal.timeout(10_000),
): Promise<Record<string, unknown>> {
  const attributes = new Set(Object.keys(THINGS.Thing.attributes));
  const request = { type: "Thing", ids, attributes, parents: true, tags: true };
  const found = await source.fetch(request, signal);
  return Object.fromEntries([...found].map(([id, thing]) => [id, plain(thing)]));
}

type Found = Awaited<ReturnType<SqlSource["fetch"]>> extends ReadonlyMap<string, infer T> ? T : never;

function plain(thing: Found): unknown {
  if (thing instanceof SourceError) return `${thing.code}: ${thing.message}`;
  const values = (members: typeof thing.attrs) =>
    Object.fromEntries(
      [...members].map(([name, value]) => {
        const json = encodeValue(value);
        return [name, name === "ports" && Array.isArray(json) ? [...json].sort() : json];
      }),
    );
  return {
    attrs: values(thing.attrs),
    parents: [...new Set(thing.parents.map(String))].sort(),
    tags: values(thing.tags ?? new Map()),
  };
}
