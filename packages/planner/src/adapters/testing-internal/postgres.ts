import { type DatabaseServer, startPostgres } from "@cordon/databases";
import pg from "pg";
import type { Abilities } from "../../testing-internal/office.js";
import type { Statement } from "../../testing-internal/tables.js";

export const POSTGRES_ABILITIES: Abilities = {
  idStorages: ["text", "integer", "uuid"],
  storesNul: false,
  onlyTimestamps: true,
};

/** A PostgreSQL of one's own, with a collation for which nothing differs by case. */
export async function openPostgres(): Promise<{
  url: string;
  pool: pg.Pool;
  run(statements: readonly Statement[]): Promise<void>;
  close(): Promise<void>;
}> {
  const server: DatabaseServer = await startPostgres();
  const pool = new pg.Pool({ connectionString: server.url, options: "-c client_min_messages=warning" });
  await pool.query(
    "CREATE COLLATION ignores_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
  );
  return {
    url: server.url,
    pool,
    run: async (statements) => {
      for (const { sql, parameters } of statements) await pool.query(sql, [...parameters]);
    },
    close: async () => {
      await pool.end();
      await server.stop();
    },
  };
}
