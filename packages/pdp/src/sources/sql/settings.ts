import { COLUMN_STORAGES, ID_STORAGES, PlanError, parseMappings } from "@cordon/planner/mapping";
import { z } from "zod";
import { attributeShape, commonShape, typeShape } from "../common-settings.js";
import { parsePointer } from "../json-pointer.js";
import { tlsSettings } from "../tls-files.js";

const name = z.string().min(1, "must not be empty");
const idStorage = z.enum(ID_STORAGES as ["text"]);
const storage = z.enum(COLUMN_STORAGES as ["text"]);

const typing = {
  as: storage.optional().describe("how it is stored, where that isn't what is usual for its type"),
  entity: name.optional().describe("the entity type it refers to, where there is no schema"),
  type: name.optional().describe("its Cedar type, where there is no schema: `Long`, `Set<String>`"),
};

const exact = z
  .boolean()
  .optional()
  .describe("whether the column takes only the same bytes for equal: filters are shorter then");

const columnShape = { column: name.describe("the column"), ...typing, exact };

const column = z.union([name, z.strictObject(columnShape)]);

// One object for the forms that there are, of which `parseMappings` says what belongs together: a choice between
// several would only say of a slip that none of them fits.
const attribute = z.union([
  name.describe("the column"),
  z.strictObject({
    column: name.optional().describe("the column"),
    table: name.optional().describe("for a set: a table with a row for each element"),
    owner: name.optional().describe("with `table`: its column with the id of the entity"),
    value: name.optional().describe("with `table`: its column with the element"),
    members: z.record(name, column).optional().describe("for a record: the columns of its members, by name"),
    ...typing,
    exact,
    ...attributeShape,
  }),
]);

const parent = z.strictObject({
  type: name.describe("the entity type of the parents"),
  column: name.optional().describe("a column with the parent's id; NULL is no parent"),
  as: idStorage.optional().describe("with `column`: how that id is stored"),
  exact,
  table: name.optional().describe("a table with a row for each child and parent, instead of `column`"),
  child: name.optional().describe("with `table`: its column with the id of the child"),
  parent: name.optional().describe("with `table`: its column with the id of the parent"),
});

const tags = z.strictObject({
  table: name.describe("a table with a row for each tag of each entity"),
  entity: name.describe("its column with the id of the entity"),
  key: name.describe("its column with the tag's key"),
  value: name.describe("its column with the tag's value"),
  as: typing.as,
  type: typing.type,
});

const entityType = z.strictObject({
  table: name.optional().describe("the table or view, with its schema before a dot: `app.tickets`"),
  query: name
    .optional()
    .describe(
      "a query instead of a table; `:ids` stands for the batch: `WHERE id = ANY(:ids)` in PostgreSQL, `IN (:ids)` elsewhere",
    ),
  id: z
    .union([
      name,
      z.strictObject({
        column: name.describe("the column"),
        as: idStorage.optional().describe("how ids are stored; `text` without it"),
        exact,
      }),
    ])
    .describe("the column with the entity's id: unique, and not NULL"),
  attributes: z.record(name, attribute).default({}).describe("where attributes are, by name"),
  parents: z.array(parent).default([]).describe("where parents come from"),
  tags: tags.optional().describe("where tags are"),
  watch: z
    .array(name)
    .optional()
    .describe("with `push`: tables whose changes make every entity of the type stale, for queries and views"),
  ...typeShape,
});

/** What is said of a place whose name stands before it. */
function predicateOf(message: string): string {
  if (message.startsWith("unknown member")) return "doesn't go with what stands beside it";
  return message.replace(/^expected (.*?)( for `[^`]+`)?$/, "must be $1");
}

/** Members of a type that say how it is asked for, not where it lies. */
const NOT_MAPPED: ReadonlySet<string> = new Set(["watch", ...Object.keys(typeShape)]);

const types = z
  .record(name, entityType)
  .superRefine((read, context) => {
    try {
      mappingsOf(read);
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
      const path = parsePointer(error.path ?? "") as string[];
      context.addIssue({ code: "custom", message: predicateOf(error.message), path });
    }
  })
  .describe("which entity types are in the database, and where");

export const sqlSettings = z.strictObject({
  kind: z.literal("sql"),
  ...commonShape,
  url: name.describe(
    "the database: `postgres://user:password@host/name`, `mysql://…`, `mariadb://…` or `sqlite:path`; `$" +
      "{env:NAME}` keeps it out of the file",
  ),
  replicas: z
    .array(name)
    .min(1)
    .optional()
    .describe(
      "read replicas to ask instead, by their urls; those that can't be reached are left alone for a moment",
    ),
  connections: z.int().min(1).max(1_000).default(8).describe("how many connections are kept to a server"),
  prepare: z
    .boolean()
    .default(true)
    .describe("whether statements are prepared once a connection; `false` for poolers that can't do that"),
  tls: tlsSettings.optional().describe("connects over TLS; certificates are always verified"),
  push: z
    .boolean()
    .default(false)
    .describe("whether PostgreSQL tells of changes, by triggers that `cordon sources install` writes"),
  types,
});

export type SqlSettings = z.output<typeof sqlSettings>;

/** Tables that stand for a whole type, by type. */
export function watchedOf({ types }: SqlSettings): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(types).flatMap(([type, { watch }]) =>
      watch === undefined ? [] : [[type, watch] as const],
    ),
  );
}

/** The mappings alone, as the planner takes them. @throws PlanError */
export function mappingsOf(read: SqlSettings["types"]) {
  return parseMappings(
    Object.fromEntries(
      Object.entries(read).map(([type, members]) => [
        type,
        {
          ...Object.fromEntries(Object.entries(members).filter(([member]) => !NOT_MAPPED.has(member))),
          attributes: Object.fromEntries(
            Object.entries(members.attributes).map(([n, a]) => [n, withoutAge(a)]),
          ),
        },
      ]),
    ),
  );
}

function withoutAge(mapped: z.output<typeof attribute>): unknown {
  if (typeof mapped === "string") return mapped;
  const { maxAge: _maxAge, ...where } = mapped;
  return where;
}
