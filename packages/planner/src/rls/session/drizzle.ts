import type { SQL, sql } from "drizzle-orm";
import { beginSession, type SessionOptions, type SessionPrincipal } from "./statements.js";

interface Transactional<Transaction extends { execute(query: SQL): PromiseLike<unknown> }> {
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
}

/**
 * Runs `work` in a transaction of Drizzle that is the principal's.
 *
 * @param sqlTag Drizzle's own `sql`, as the application imports it
 */
export function withPrincipal<Transaction extends { execute(query: SQL): PromiseLike<unknown> }, T>(
  db: Transactional<Transaction>,
  sqlTag: typeof sql,
  principal: SessionPrincipal,
  options: SessionOptions,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  return db.transaction(async (transaction) => {
    const ask = async (text: string, parameters: readonly string[]) => {
      const pieces = text.split(/\$\d/);
      const query = sqlTag.join(
        pieces.map((piece, i) => {
          const parameter = parameters[i];
          return parameter === undefined
            ? sqlTag.raw(piece)
            : sqlTag`${sqlTag.raw(piece)}${sqlTag.param(parameter)}`;
        }),
      );
      const result = (await transaction.execute(query)) as
        | { rows?: Record<string, unknown>[] }
        | Record<string, unknown>[];
      return Array.isArray(result) ? result : (result.rows ?? []);
    };
    await beginSession(ask, principal, options);
    return work(transaction);
  });
}
