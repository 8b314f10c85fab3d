import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ResolvedSchema } from "@cordon/engine";
import { PrismaPg } from "@prisma/adapter-pg";
import type { EntityMapping } from "../../mapping/index.js";
import { POSTGRES } from "../../testing-internal/flavors.js";
import type { Adapter } from "../testing-internal/adapter.js";
import { checkAdapterEquality, testAdapter } from "../testing-internal/check-adapter.js";
import { openPostgres, POSTGRES_ABILITIES } from "../testing-internal/postgres.js";
import { prismaFilters } from "./prisma-filters.js";
import { DataModel } from "./testing-internal/data-model.js";
import { type Client, prismaClient } from "./testing-internal/prisma-client.js";

let adapter: Adapter;
let close: () => Promise<void>;
const tally = { asked: 0, byIds: 0 };

before(async () => {
  const database = await openPostgres();
  const { pool } = database;
  let opened: { mappings: readonly EntityMapping[]; model: DataModel; client: Client } | undefined;
  const disconnect = async () => {
    await (opened?.client as { $disconnect?: () => Promise<void> } | undefined)?.$disconnect?.();
    opened = undefined;
  };
  const clientFor = async (mappings: readonly EntityMapping[], schema: ResolvedSchema) => {
    if (opened?.mappings === mappings) return opened;
    await disconnect();
    const model = new DataModel(mappings, schema, await columnTypes());
    const client = prismaClient(model, new PrismaPg({ connectionString: database.url }));
    opened = { mappings, model, client };
    return opened;
  };
  const columnTypes = async () => {
    const { rows } = await pool.query<{ name: string; type: string }>(
      "SELECT relname || '.' || attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0",
    );
    const types = new Map(rows.map(({ name, type }) => [name, type]));
    return (table: string, column: string) => types.get(`${table}.${column}`) ?? "";
  };
  close = async () => {
    await disconnect();
    await database.close();
  };
  adapter = {
    // A nondeterministic collation is beyond Prisma.
    flavor: { ...POSTGRES, columnType: (storage) => POSTGRES.columnType(storage, false) },
    abilities: POSTGRES_ABILITIES,
    run: async (statements) => {
      await disconnect();
      await database.run(statements);
    },
    rows: async (planner, { mappings, staticTypes, schema }, approximate) => {
      const { client, model } = await clientFor(mappings, schema);
      tally.asked += 1;
      const filters = prismaFilters(planner, {
        provider: "postgresql",
        mappings,
        models: model.prismaModels,
        staticTypes,
        exactText: true,
        byIds: (sql, ...values) => {
          tally.byIds += 1;
          return client.$queryRawUnsafe?.(sql, ...values) ?? Promise.reject(new Error("no raw queries"));
        },
      });
      const where = await filters.filter('User::"ann"', "read", "Doc", {}, { approximate });
      const name = model.models.get("Doc")?.name.toLowerCase() ?? "";
      const found = await client[name]?.findMany({ where: { AND: [where] }, select: { id: true } });
      return (found ?? []).map(({ id }) => String(id));
    },
  };
});

after(() => close());

test("rows of Prisma are those that the engine allows", { timeout: 300_000 }, async (t) => {
  await checkAdapterEquality(t, adapter, 1000);
  t.diagnostic(JSON.stringify(tally));
  assert.ok(tally.byIds < tally.asked * 0.9, "many policies can be expressed by Prisma itself");
});

testAdapter("Prisma", false, () => adapter);
