import {
  functionsBlock,
  grantsBlock,
  policyStatements,
  protectBlock,
  readBlock,
  recordedPolicies,
  rolesBlock,
  viewStatements,
} from "./blocks.js";
import type { Installation } from "./installation.js";
import { sessionFunctions } from "./session-functions.js";
import { quote } from "./sql-text.js";
import { installedTable, undoBlock } from "./undo.js";

/** Two migrations at once would each remove what the other made. */
const LOCK = "SELECT pg_advisory_xact_lock(7165060842105312);";

/** Statements that install everything, or nothing; what an earlier version installed is removed first. */
export function applyMigration(installation: Installation): string {
  const { title, schema, reader, tables, lookups } = installation;
  const policies = tables.map((table) => policyStatements(table, installation));
  const used = lookups.usedBy([...policies, ...tables.map(({ view = "" }) => view)]);
  const read = [...new Set([...used.tables, ...tables.map(({ table }) => table)])].sort();
  return `${[
    `${comment(title)}\n-- All of it is applied or nothing. Applied again, it replaces what it applied before.`,
    `BEGIN;\nSET LOCAL client_encoding = 'UTF8';\nSET LOCAL client_min_messages = warning;\n${LOCK}`,
    undoBlock(schema, "keep"),
    tablesOfOurOwn(schema),
    rolesBlock(installation),
    `GRANT SELECT ON ${quote(schema)}."secrets" TO ${quote(reader)};\nGRANT USAGE, CREATE ON SCHEMA ${quote(schema)} TO ${quote(reader)};`,
    ...sessionFunctions(installation),
    ...used.definitions,
    functionsBlock(installation),
    `REVOKE ALL ON SCHEMA ${quote(schema)} FROM ${quote(reader)};`,
    readBlock(installation, read),
    protectBlock(installation),
    ...policies,
    recordedPolicies(installation),
    grantsBlock(installation),
    viewStatements(installation),
    "COMMIT;",
  ]
    .filter((part) => part !== "")
    .join("\n\n")}\n`;
}

/** Statements that leave everything as it was before {@link applyMigration}. */
export function undoMigration({ title, schema }: Pick<Installation, "title" | "schema">): string {
  return `${comment(title)}
-- Takes back what was applied, and does nothing where nothing was.
BEGIN;
SET LOCAL client_min_messages = warning;
${LOCK}

${undoBlock(schema, "remove")}

COMMIT;
`;
}

function tablesOfOurOwn(schema: string): string {
  return `CREATE SCHEMA IF NOT EXISTS ${quote(schema)};
CREATE TABLE IF NOT EXISTS ${installedTable(schema)} (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  relation oid,
  name text,
  detail text
);
CREATE TABLE IF NOT EXISTS ${quote(schema)}."secrets" (inner_pad bytea NOT NULL, outer_pad bytea NOT NULL);`;
}

function comment(title: string): string {
  return `-- ${title.replaceAll(/[\r\n]+/g, " ")}`;
}
