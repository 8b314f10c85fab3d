import type { Kysely, QueryId, RawNode, Transaction } from "kysely";
import { beginSession, type SessionOptions, type SessionPrincipal } from "./statements.js";

/** Runs `work` in a transaction of Kysely that is the principal's. */
export function withPrincipal<DB, T>(
  db: Kysely<DB>,
  principal: SessionPrincipal,
  options: SessionOptions,
  work: (transaction: Transaction<DB>) => Promise<T>,
): Promise<T> {
  return db.transaction().execute(async (transaction) => {
    const ask = async (sql: string, parameters: readonly string[]) => {
      const query: RawNode = { kind: "RawNode", sqlFragments: [sql], parameters: [] };
      const queryId: QueryId = { queryId: "cordon" };
      const { rows } = await transaction.executeQuery<Record<string, unknown>>({
        sql,
        parameters,
        query,
        queryId,
      });
      return rows;
    };
    await beginSession(ask, principal, options);
    return work(transaction);
  });
}
