import { createHash } from "node:crypto";
import { POSTGRES } from "../dialects/postgres.js";
import type { PushedTable } from "./pushed-tables.js";

const { quote } = POSTGRES;

/** What the database names what belongs to a source; names there have at most 63 bytes. */
export function pushName(source: string): string {
  const name = `cordon_push_${source}`;
  if (/^[a-z0-9_]{1,50}$/.test(name)) return name;
  const hash = createHash("sha256").update(source).digest("hex").slice(0, 16);
  return `cordon_push_${source
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, 20)}_${hash}`;
}

/**
 * Statements that make PostgreSQL tell of changes: one notice for a statement and type, with the ids that changed
 * or, where they are many, without them. Applied again they replace what an earlier version wrote.
 */
export function installStatements(source: string, tables: readonly PushedTable[]): string[] {
  const name = pushName(source);
  return [
    ...uninstallStatements(source),
    createFunction(name),
    ...tables.flatMap(({ table, meanings }) => {
      const args = [name, ...meanings.flatMap(({ type, column }) => [type, column ?? ""])]
        .map(literal)
        .join(", ");
      return EVENTS.map(({ event, referencing }) =>
        [
          `CREATE TRIGGER ${quote(`${name}_${event}`)} AFTER ${event.toUpperCase()} ON ${tableName(table)}`,
          ...(referencing === "" ? [] : [`  REFERENCING ${referencing}`]),
          `  FOR EACH STATEMENT EXECUTE FUNCTION ${quote(name)}(${args})`,
        ].join("\n"),
      );
    }),
  ];
}

/** The triggers go with the function. */
export function uninstallStatements(source: string): string[] {
  return [`DROP FUNCTION IF EXISTS ${quote(pushName(source))}() CASCADE`];
}

/** Tables among these without all of the triggers: `$1` the tables as they are named, `$2` the function. */
export const MISSING_TRIGGERS = `SELECT wanted.name::text
  FROM unnest($1::text[]) AS wanted(name)
  WHERE (SELECT count(*)
    FROM pg_catalog.pg_trigger AS installed
    JOIN pg_catalog.pg_proc AS function ON function.oid = installed.tgfoid
    WHERE installed.tgrelid = to_regclass(wanted.name) AND function.proname = $2 AND installed.tgenabled <> 'D') < 4`;

/** The name of a table as `to_regclass` reads it. */
export function tableName(table: string): string {
  return table.split(".").map(quote).join(".");
}

// Rows of a statement can only be looked at by a trigger for one event.
const EVENTS = [
  { event: "insert", referencing: "NEW TABLE AS cordon_new" },
  { event: "update", referencing: "OLD TABLE AS cordon_old NEW TABLE AS cordon_new" },
  { event: "delete", referencing: "OLD TABLE AS cordon_old" },
  { event: "truncate", referencing: "" },
] as const;

// A notice has at most 7,999 bytes. Its arguments: the channel, then pairs of a type and the column of its ids.
function createFunction(name: string): string {
  return `CREATE FUNCTION ${quote(name)}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $cordon$
DECLARE
  rows text := CASE TG_OP
    WHEN 'INSERT' THEN 'SELECT %1$I::text AS id FROM cordon_new'
    WHEN 'DELETE' THEN 'SELECT %1$I::text AS id FROM cordon_old'
    ELSE 'SELECT %1$I::text AS id FROM cordon_new UNION SELECT %1$I::text FROM cordon_old' END;
  ids text[];
  notice text;
  n int;
BEGIN
  FOR i IN 1 .. TG_NARGS - 2 BY 2 LOOP
    notice := json_build_object('type', TG_ARGV[i])::text;
    IF TG_OP <> 'TRUNCATE' AND TG_ARGV[i + 1] <> '' THEN
      EXECUTE format('SELECT array_agg(id), count(id) FROM (SELECT DISTINCT id FROM (' || rows ||
        ') AS changed WHERE id IS NOT NULL LIMIT 201) AS sample', TG_ARGV[i + 1]) INTO ids, n;
      CONTINUE WHEN n = 0;
      IF n <= 200 AND octet_length(to_json(ids)::text) < 7500 THEN
        notice := json_build_object('type', TG_ARGV[i], 'ids', ids)::text;
      END IF;
    ELSIF TG_OP <> 'TRUNCATE' THEN
      -- A statement that changed nothing tells nothing.
      EXECUTE 'SELECT count(*) FROM (SELECT 1 FROM ' ||
        CASE TG_OP WHEN 'DELETE' THEN 'cordon_old' ELSE 'cordon_new' END || ' LIMIT 1) AS sample' INTO n;
      CONTINUE WHEN n = 0;
    END IF;
    PERFORM pg_notify(TG_ARGV[0], notice);
  END LOOP;
  RETURN NULL;
END
$cordon$`;
}

function literal(text: string): string {
  return text.includes("\\")
    ? `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`
    : `'${text.replaceAll("'", "''")}'`;
}
