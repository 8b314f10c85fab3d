import assert from "node:assert/strict";
import { test } from "node:test";
import { Kysely, PostgresDialect } from "kysely";
import { planning } from "../testing-internal/adapter.js";
import type { Shop } from "../testing-internal/shop.js";
import { kyselyFilters } from "./kysely-filters.js";

interface Tables {
  tickets: { id: number };
}

const never = planning({ outcome: "never", contributions: [], exact: true }, { resourceType: "Ticket" });
const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: async () => assert.fail() }) });

test("a filter is an expression wherever Kysely takes one", async () => {
  const filters = kyselyFilters<Shop>(never, { dialect: "postgres", mappings: [] });
  const filter = await filters.filter({ type: "User", id: "ann" }, "ticket:read", "Ticket");
  const queries = [
    db.selectFrom("tickets").selectAll().where(filter),
    db
      .selectFrom("tickets")
      .selectAll()
      .where((eb) => eb.or([eb("id", "=", 1), eb.not(filter)])),
    db.updateTable("tickets").set({ id: 2 }).where(filter),
    db.deleteFrom("tickets").where(filter),
  ];
  assert.deepEqual(
    queries.map((query) => query.compile().sql),
    [
      'select * from "tickets" where FALSE',
      'select * from "tickets" where ("id" = $1 or not FALSE)',
      'update "tickets" set "id" = $1 where FALSE',
      'delete from "tickets" where FALSE',
    ],
  );
});

/** Compiled, never called: what a schema doesn't have is no question. */
export async function refused() {
  const filters = kyselyFilters<Shop>(never, { dialect: "postgres", mappings: [] });
  await filters.filter('User::"ann"', "ticket:read", "Ticket", { country: "DE" }, { alias: "t" });
  await filters.filter('User::"ann"', "ticket:close", "Ticket", { reason: "done" });
  // @ts-expect-error -- there is no such action
  await filters.filter('User::"ann"', "ticket:open", "Ticket");
  // @ts-expect-error -- there is no such type
  await filters.filter('User::"ann"', "ticket:read", "Tickets");
  // @ts-expect-error -- the action isn't for users
  await filters.filter('User::"ann"', "ticket:read", "User");
  // @ts-expect-error -- guests can't do it
  await filters.filter('Guest::"g"', "ticket:read", "Ticket");
  // @ts-expect-error -- the context is required
  await filters.filter('User::"ann"', "ticket:close", "Ticket");
  // @ts-expect-error -- the context has no such member
  await filters.filter('User::"ann"', "ticket:read", "Ticket", { planet: "Mars" });
  // @ts-expect-error -- there is no such option
  await filters.filter('User::"ann"', "ticket:read", "Ticket", {}, { table: "t" });
  const any = kyselyFilters(never, { dialect: "postgres", mappings: [] });
  await any.filter('User::"ann"', "whatever", "Whatever", { anything: 1 }, { alias: "t" });
}
