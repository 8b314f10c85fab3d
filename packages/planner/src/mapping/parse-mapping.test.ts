import assert from "node:assert/strict";
import { test } from "node:test";
import { PlanError } from "../plan-error.js";
import { parseMappings } from "./parse-mapping.js";

test("short forms are written out", () => {
  const [ticket, label] = parseMappings({
    "Desk::Ticket": {
      table: "app.tickets",
      id: { column: "id", as: "integer", exact: true },
      attributes: {
        title: "title",
        customer: { column: "customer_id", as: "integer", entity: "Customer" },
        labels: { table: "ticket_labels", owner: "ticket_id", value: "label", type: "Set<String>" },
        shift: { members: { start: "shift_start", end: { column: "shift_end" } } },
      },
      parents: [
        { type: "Customer", column: "customer_id" },
        { type: "Team", table: "ticket_teams", child: "ticket_id", parent: "team_id" },
      ],
      tags: { table: "ticket_tags", entity: "ticket_id", key: "key", value: "value" },
    },
    Label: { query: "SELECT id FROM labels WHERE id = ANY(:ids)", id: "id" },
  });
  assert.deepEqual(structuredClone(ticket), {
    type: "Desk::Ticket",
    id: "id",
    idAs: "integer",
    idExact: true,
    table: "app.tickets",
    attributes: {
      title: { column: "title" },
      customer: { column: "customer_id", as: "integer", entity: "Customer" },
      labels: {
        table: "ticket_labels",
        owner: "ticket_id",
        value: "label",
        type: { type: "Set", element: { type: "String" } },
      },
      shift: { members: { start: { column: "shift_start" }, end: { column: "shift_end" } } },
    },
    parents: [
      { type: "Customer", column: "customer_id" },
      { type: "Team", table: "ticket_teams", child: "ticket_id", parent: "team_id" },
    ],
    tags: { table: "ticket_tags", entity: "ticket_id", key: "key", value: "value" },
  });
  assert.deepEqual(structuredClone(label), {
    type: "Label",
    id: "id",
    query: "SELECT id FROM labels WHERE id = ANY(:ids)",
    attributes: {},
    parents: [],
  });
});

test("attributes may have any name", () => {
  const json = JSON.parse('{"T": {"table": "t", "id": "id", "attributes": {"__proto__": "p", "": "e"}}}');
  const [mapping] = parseMappings(json);
  assert.deepEqual(Object.keys(mapping?.attributes ?? {}), ["__proto__", ""]);
});

const INVALID: readonly (readonly [name: string, json: unknown, path: string, message: string])[] = [
  ["no object", [], "", "expected mappings by entity type, an object"],
  ["no type name", { "a b": {} }, "/a b", "`a b` is not the name of an entity type"],
  ["neither table nor query", { T: { id: "i" } }, "/T", "expected either `table` or `query`"],
  ["both", { T: { id: "i", table: "t", query: ":ids" } }, "/T", "expected either `table` or `query`"],
  ["no id", { T: { table: "t" } }, "/T/id", "expected a column, an object"],
  ["an empty name", { T: { table: "t", id: "" } }, "/T/id", "expected a name, got empty text"],
  ["a table with holes", { T: { table: "a..b", id: "i" } }, "/T/table", "`a..b` is not the name of a table"],
  [
    "a query without ids",
    { T: { query: "SELECT 1", id: "i" } },
    "/T/query",
    "expected a query with the placeholder `:ids`",
  ],
  ["an unknown member", { T: { table: "t", id: "i", rows: 1 } }, "/T/rows", "unknown member `rows`"],
  [
    "an unknown storage",
    { T: { table: "t", id: "i", attributes: { "a/b": { column: "c", as: "xml" } } } },
    "/T/attributes/a~1b/as",
    "unknown `as` `xml`",
  ],
  [
    "no type",
    { T: { table: "t", id: "i", attributes: { a: { column: "c", type: "Set<>" } } } },
    "/T/attributes/a/type",
    "`Set<>` is not a type",
  ],
  [
    "a flag that is none",
    { T: { table: "t", id: "i", attributes: { a: { column: "c", exact: "yes" } } } },
    "/T/attributes/a/exact",
    "expected true or false for `exact`",
  ],
  [
    "parents that are no list",
    { T: { table: "t", id: "i", parents: {} } },
    "/T/parents",
    "expected a list for `parents`",
  ],
  [
    "a parent without column",
    { T: { table: "t", id: "i", parents: [{ type: "P" }] } },
    "/T/parents/0/column",
    "expected text for `column`",
  ],
];

for (const [name, json, path, message] of INVALID) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => parseMappings(json),
      (error) =>
        error instanceof PlanError &&
        error.code === "mapping_invalid" &&
        error.path === path &&
        error.message === message,
    );
  });
}
