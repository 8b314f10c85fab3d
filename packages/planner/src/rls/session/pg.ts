import { beginSession, type SessionOptions, type SessionPrincipal } from "./statements.js";

/** A client of `pg`, or one that a pool handed out. */
interface Queries {
  query(sql: string, parameters?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** A pool of `pg`. */
interface Pool<Client> {
  connect(): Promise<Client & { release(error?: Error | boolean): void }>;
}

/**
 * Runs `work` in a transaction that is the principal's. It ends with the work: committed, or rolled back where the
 * work failed. A connection that can't be brought back to nobody doesn't go back to the pool.
 */
export async function withPrincipal<Client extends Queries, T>(
  pool: Pool<Client>,
  principal: SessionPrincipal,
  options: SessionOptions,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const ask = async (sql: string, parameters: readonly string[]) =>
      (await client.query(sql, [...parameters])).rows as Record<string, unknown>[];
    await beginSession(ask, principal, options);
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    try {
      await client.query("ROLLBACK");
    } catch (failure) {
      broken = failure as Error;
    }
    throw error;
  } finally {
    client.release(broken);
  }
}
