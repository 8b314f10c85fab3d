import { asSourceError } from "../../decorators/conformity.js";
import { resolveSecrets } from "../../secrets.js";
import { SourceError } from "../../source-error.js";
import { dialectOf, serverAddress } from "../database-url.js";
import { sourceError } from "../driver-error.js";
import { mappingsOf, type SqlSettings, watchedOf } from "../settings.js";
import { pushedTables, unwatched } from "./pushed-tables.js";
import { installStatements, uninstallStatements } from "./triggers.js";

/**
 * The statements that make PostgreSQL tell a source of changes, or that take back what an earlier version of them
 * made.
 *
 * @throws SourceError `source_settings` for a source that can't be told
 */
export function pushStatements(name: string, settings: SqlSettings, how: "install" | "uninstall"): string[] {
  if (how === "uninstall") return uninstallStatements(name);
  const watched = watchedOf(settings);
  const mappings = mappingsOf(settings.types);
  const [untold] = unwatched(mappings, watched);
  if (untold === undefined) return installStatements(name, pushedTables(mappings, watched));
  throw new SourceError(
    "source_settings",
    name,
    `\`${untold}\` is read by a query, whose tables aren't known`,
    `name them in \`watch\` of \`${untold}\``,
  );
}

/**
 * Runs such statements in the database of a source, all of them or none.
 *
 * @param url a user who owns the tables, where the source's own may only read; it may name secrets as settings do
 * @throws SourceError
 */
export async function applyPush(
  name: string,
  directory: string,
  settings: SqlSettings,
  { statements, url }: { statements: readonly string[]; url?: string | undefined },
): Promise<void> {
  const resolved = resolveSecrets(name, directory, { ...settings, url: url ?? settings.url });
  const { tls } = resolved.settings;
  const { PostgresAdmin } = await import("./postgres-admin.js");
  try {
    if (dialectOf(name, resolved.settings.url) !== "postgres") {
      const help = "of other databases only the age of answers can be limited: `maxAge`";
      throw new SourceError("source_settings", name, "changes are told by PostgreSQL alone", help);
    }
    const admin = new PostgresAdmin(serverAddress(name, directory, resolved.settings.url, tls));
    const diagnosis = await admin.apply(statements);
    if (diagnosis !== undefined) throw sourceError(name, diagnosis);
  } catch (error) {
    throw asSourceError(error, { source: name, secrets: resolved.secrets });
  }
}
