import { beginSession, type SessionOptions, type SessionPrincipal } from "./statements.js";

interface RawQueries {
  $queryRawUnsafe<T>(sql: string, ...parameters: unknown[]): Promise<T>;
}

interface Client<Transaction extends RawQueries> {
  $transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
}

/** Runs `work` in an interactive transaction of Prisma that is the principal's. */
export function withPrincipal<Transaction extends RawQueries, T>(
  prisma: Client<Transaction>,
  principal: SessionPrincipal,
  options: SessionOptions,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  return prisma.$transaction(async (transaction) => {
    const ask = (sql: string, parameters: readonly string[]) =>
      transaction.$queryRawUnsafe<Record<string, unknown>[]>(sql, ...parameters);
    await beginSession(ask, principal, options);
    return work(transaction);
  });
}
