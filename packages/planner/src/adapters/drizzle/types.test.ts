import assert from "node:assert/strict";
import { test } from "node:test";
import { and, eq, not, or, sql } from "drizzle-orm";
import { integer, pgTable, QueryBuilder } from "drizzle-orm/pg-core";
import { planning } from "../testing-internal/adapter.js";
import type { Shop } from "../testing-internal/shop.js";
import { drizzleFilters } from "./drizzle-filters.js";

const tickets = pgTable("tickets", { id: integer("id") });
const always = planning({ outcome: "always", contributions: [], exact: true }, { resourceType: "Ticket" });

test("a filter is SQL wherever Drizzle takes some", async () => {
  const filters = drizzleFilters<Shop>(always, { dialect: "postgres", mappings: [], sql });
  const filter = await filters.filter({ type: "User", id: "ann" }, "ticket:read", "Ticket");
  const conditions = [filter, and(eq(tickets.id, 1), filter), or(eq(tickets.id, 1), not(filter))];
  assert.deepEqual(
    conditions.map((where) => new QueryBuilder().select().from(tickets).where(where).toSQL()),
    [
      { sql: 'select "id" from "tickets" where TRUE', params: [] },
      { sql: 'select "id" from "tickets" where ("tickets"."id" = $1 and TRUE)', params: [1] },
      { sql: 'select "id" from "tickets" where ("tickets"."id" = $1 or not TRUE)', params: [1] },
    ],
  );
});

/** Compiled, never called: what a schema doesn't have is no question. */
export async function refused() {
  const filters = drizzleFilters<Shop>(always, { dialect: "postgres", mappings: [], sql });
  await filters.filter('User::"ann"', "ticket:close", "Ticket", { reason: "done" }, { alias: "t" });
  // @ts-expect-error -- there is no such action
  await filters.filter('User::"ann"', "ticket:open", "Ticket");
  // @ts-expect-error -- the action isn't for users
  await filters.filter('User::"ann"', "ticket:read", "User");
  // @ts-expect-error -- the context is required
  await filters.filter('User::"ann"', "ticket:close", "Ticket");
}
