import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { compile, EntityUid } from "@cordon/engine";
import { stringifyJson } from "@cordon/engine/json";
import fc from "fast-check";
import { POSTGRES_ABILITIES } from "../adapters/testing-internal/postgres.js";
import { PlanError } from "../plan-error.js";
import { type Case, caseOf, planCase, type World, worldOf } from "../testing-internal/cases.js";
import { POSTGRES } from "../testing-internal/flavors.js";
import { docsOf, type Office, offices, storeOf } from "../testing-internal/office.js";
import { idOf, STRANGE_IDS } from "../testing-internal/pools.js";
import { tablesOf } from "../testing-internal/tables.js";
import { generateRls, type RlsMigration } from "./index.js";
import { openDatabase, type TestDatabase } from "./testing-internal/database.js";

let database: TestDatabase;

before(async () => {
  database = await openDatabase();
});

after(() => database.close());

const ACTION = EntityUid.of("Action", "read");
const POLICIES_AN_OFFICE = 12;
const CASES = 1_000;

test("rows that a role sees are those that the engine allows its principal", {
  timeout: 600_000,
}, async (t) => {
  const seed = Number(process.env.CORDON_SEED ?? Date.now() % 2 ** 31);
  const total = Number(process.env.CORDON_RUNS ?? CASES);
  t.diagnostic(`CORDON_SEED=${seed} CORDON_RUNS=${total}`);
  const tally = { exact: 0, narrow: 0, rows: 0, allowed: 0 };
  const questions = offices(POSTGRES_ABILITIES).chain((office) =>
    fc.tuple(
      fc.constant(office),
      fc.array(caseOf(office), { minLength: POLICIES_AN_OFFICE, maxLength: POLICIES_AN_OFFICE }),
    ),
  );
  const property = fc.asyncProperty(questions, async ([office, cases]) => {
    const { mappings, statements } = tablesOf(office, POSTGRES);
    await database.undo();
    for (const { sql, parameters } of statements) await database.owner.query(sql, [...parameters]);
    const world = worldOf(office, storeOf(office), mappings, { dialect: "postgres", inMemory: false });
    for (const one of cases) await checkCase({ ...one, failClosed: true }, world, tally);
  });
  const perRun = POLICIES_AN_OFFICE * 5;
  const numRuns = Math.ceil(total / perRun);
  const result = await fc.check(property, { seed, numRuns, endOnFailure: true });
  if (result.failed) throw result.errorInstance;
  t.diagnostic(JSON.stringify(tally));
  assert.ok(tally.exact * 2 >= tally.narrow, "most policies can be expressed");
  assert.ok(
    tally.allowed >= tally.rows / 50 && tally.allowed <= tally.rows * 0.9,
    "rows of both kinds are met",
  );
});

interface Tally {
  exact: number;
  narrow: number;
  rows: number;
  allowed: number;
}

async function checkCase(one: Case, world: World, tally: Tally): Promise<void> {
  const { policies } = planCase(one, world);
  const migration = migrationFor(policies, world);
  await database.apply(migration);
  const isExact = migration.narrowed.length === 0;
  for (const principal of principalsOf(world.office)) {
    const allowed = docsOf(world.office)
      .map(({ uid }) => uid)
      .filter((uid) => planCase({ ...one, principal }, world).allows(uid))
      .map(({ id }) => id)
      .sort();
    const found = (await database.visible(principal, 'SELECT "the id"::text AS id FROM "Doc"')).sort();
    tally[isExact ? "exact" : "narrow"] += 1;
    tally.rows += docsOf(world.office).length;
    tally.allowed += allowed.length;
    const agrees = isExact
      ? found.join("\n") === allowed.join("\n")
      : found.every((id) => allowed.includes(id));
    if (agrees) continue;
    const what = `${principal} sees ${JSON.stringify(found)}, allowed ${JSON.stringify(allowed)}`;
    assert.fail([what, stringifyJson(policies as never), migration.apply].join("\n"));
  }
}

function principalsOf({ shape, pools }: Office): EntityUid[] {
  return shape.principals.flatMap((type) => [
    ...[0, 1, 2, 3].map((index) => EntityUid.of(type, idOf(type, index, pools))),
    EntityUid.of(type, STRANGE_IDS[1] ?? ""),
  ]);
}

function migrationFor(policies: Parameters<typeof compile>[0], world: World): RlsMigration {
  const { office, store, mappings, isStatic, descendantsOf } = world;
  const make = (narrow: boolean): RlsMigration =>
    generateRls({
      title: "generated",
      home: "cordon_rls",
      role: "app",
      reader: "cordon_reader",
      session: "plain",
      force: true,
      views: "cordon_views",
      fieldGroups: () => [],
      authorizer: compile(policies),
      schema: office.shape.schema,
      entities: store,
      mappings,
      isStatic,
      descendantsOf,
      staticParents: (type) =>
        office.entities
          .filter(({ uid }) => uid.type === type && isStatic(type))
          .flatMap(({ uid: child, parents }) => parents.map((parent) => ({ child, parent }))),
      principalTypes: [],
      commands: { Doc: { select: ACTION } },
      narrow,
    });
  try {
    return make(false);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    assert.ok(
      error.policyId !== undefined && error.clause !== undefined,
      `names policy and clause: ${error.message}`,
    );
    return make(true);
  }
}
