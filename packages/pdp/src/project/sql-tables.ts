import type { DialectName, EntityMapping } from "@cordon/planner";
import { mappingsOf, type SqlSettings } from "../sources/sql/settings.js";
import type { Settings } from "./settings.js";

/** The tables of one database, as a `sql` source of `cordon.yaml` maps entities to them. */
export interface SqlTables {
  /** The name of the source. */
  readonly source: string;
  /** Undefined where the url is kept out of the file, so that it doesn't say. */
  readonly dialect: DialectName | undefined;
  readonly mappings: readonly EntityMapping[];
}

const SCHEMES: Readonly<Record<string, DialectName>> = {
  postgres: "postgres",
  postgresql: "postgres",
  mysql: "mysql",
  mariadb: "mysql",
  sqlite: "sqlite",
};

/** Where the entities of a type lie; undefined where no `sql` source has them. Connects to nothing. */
export function sqlTablesOf(type: string, { sources }: Pick<Settings, "sources">): SqlTables | undefined {
  for (const [source, settings] of Object.entries(sources)) {
    if (!isSql(settings) || !Object.hasOwn(settings.types, type)) continue;
    const scheme = /^([a-z]+):/.exec(settings.url)?.[1] ?? "";
    const dialect = Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined;
    return { source, dialect, mappings: mappingsOf(settings.types) };
  }
  return undefined;
}

function isSql(settings: { readonly kind: string }): settings is SqlSettings {
  return settings.kind === "sql";
}
