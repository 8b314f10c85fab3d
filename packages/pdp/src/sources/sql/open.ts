import type { SourceEnvironment } from "../context-source.js";
import { SourceError } from "../source-error.js";
import { dialectOf, serverAddress, sqlitePath } from "./database-url.js";
import type { Driver } from "./driver.js";
import { pushedTables, unwatched } from "./push/pushed-tables.js";
import { ReplicaDriver } from "./replicas.js";
import { mappingsOf, type SqlSettings, watchedOf } from "./settings.js";
import { SqlSource, type Watch } from "./sql-source.js";

const DEFAULT_TIMEOUT_MS = 1_000;

/** @throws SourceError `source_settings` for what can't be used or doesn't fit; nothing is connected to */
export async function open(settings: SqlSettings, environment: SourceEnvironment): Promise<SqlSource> {
  const { name, schema } = environment;
  const dialect = dialectOf(name, settings.url);
  const mappings = mappingsOf(settings.types);
  return new SqlSource({
    name,
    dialect,
    mappings,
    schema,
    watch: settings.push ? await watchOf(settings, environment) : undefined,
    driver: await driverOf(settings, environment),
  });
}

async function driverOf(settings: SqlSettings, environment: SourceEnvironment): Promise<Driver> {
  const primary = await serverDriver(settings.url, settings, environment);
  if (settings.replicas === undefined) return primary;
  const dialect = dialectOf(environment.name, settings.url);
  if (settings.replicas.some((url) => dialectOf(environment.name, url) !== dialect)) {
    throw unusable(environment.name, "its `replicas` are of another database than its `url`");
  }
  const replicas = settings.replicas.map((url) => serverDriver(url, settings, environment));
  return new ReplicaDriver(await Promise.all(replicas), primary);
}

/** The driver of a database is loaded where a source of it is opened, and nowhere else. */
async function serverDriver(
  url: string,
  { tls, connections, prepare, timeout }: SqlSettings,
  { name, directory }: SourceEnvironment,
): Promise<Driver> {
  const dialect = dialectOf(name, url);
  if (dialect === "sqlite") {
    const { SqliteDriver } = await import("./drivers/sqlite.js");
    return new SqliteDriver(name, sqlitePath(directory, url));
  }
  const options = {
    source: name,
    address: serverAddress(name, directory, url, tls),
    connections,
    prepare,
    timeoutMs: timeout ?? DEFAULT_TIMEOUT_MS,
  };
  if (dialect === "mysql") {
    const { MysqlDriver } = await import("./drivers/mysql.js");
    return new MysqlDriver(options);
  }
  const { PostgresDriver } = await import("./drivers/postgres.js");
  return new PostgresDriver(options);
}

async function watchOf(
  settings: SqlSettings,
  { name, directory, logger }: SourceEnvironment,
): Promise<Watch> {
  if (dialectOf(name, settings.url) !== "postgres") {
    throw unusable(name, "`push` is for PostgreSQL; other databases tell of no changes");
  }
  if (settings.replicas !== undefined) {
    // The notice of a change would arrive before the change does.
    throw unusable(name, "`push` and `replicas` don't go together");
  }
  const mappings = mappingsOf(settings.types);
  const watched = watchedOf(settings);
  const [untold] = unwatched(mappings, watched);
  if (untold !== undefined) {
    throw unusable(name, `with \`push\`, \`${untold}\` needs \`watch\`: the tables that its query reads`);
  }
  const address = serverAddress(name, directory, settings.url, settings.tls);
  const tables = pushedTables(mappings, watched);
  const { PushListener } = await import("./push/listener.js");
  return async (changed) => {
    const listener = await PushListener.start({ source: name, address, tables, logger, changed });
    return () => listener.close();
  };
}

function unusable(source: string, message: string): SourceError {
  return new SourceError("source_settings", source, message, "see the settings of the source in cordon.yaml");
}
