import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { CedarRecord, describeValue } from "@cordon/engine";
import fc from "fast-check";
import { compileSql } from "../sql/index.js";
import type { RowPlan } from "../translate/index.js";
import { type Case, caseOf, type Planned, planCase, type World, worldOf } from "./cases.js";
import { type Abilities, docsOf, offices, storeOf } from "./office.js";
import { shrink } from "./shrink.js";
import { type Flavor, type Statement, tablesOf } from "./tables.js";

/** Whatever answers plans with rows: a database, or an adapter of one. */
export interface Asked {
  readonly flavor: Flavor;
  readonly abilities: Abilities;
  /** Entities are looked at in memory, where nothing is beyond asking. */
  readonly inMemory?: boolean;
  /** Lays out the tables of an office. */
  run(statements: readonly Statement[]): Promise<void>;
  /** For each of several plans the ids of the documents that it lets through. */
  find(plans: readonly RowPlan[], world: World): Promise<readonly (readonly string[])[]>;
}

const CASES_AN_OFFICE = 125;
const CASES_A_QUERY = 25;

interface Tally {
  exact: number;
  open: number;
  rows: number;
  allowed: number;
}

/**
 * For generated layouts, data, policies and principals: the rows that the database returns are those for which the
 * engine says allow, one by one. A plan that leaves something open lets through at least those.
 */
export async function checkEquality(t: TestContext, asked: Asked, cases: number): Promise<void> {
  const seed = Number(process.env.CORDON_SEED ?? Date.now() % 2 ** 31);
  const total = Number(process.env.CORDON_RUNS ?? cases);
  const perOffice = Math.min(CASES_AN_OFFICE, total);
  t.diagnostic(`CORDON_SEED=${seed} CORDON_RUNS=${total}`);
  const tallies = { usual: newTally(), generated: newTally() };
  const questions = offices(asked.abilities).chain((office) =>
    fc.tuple(fc.constant(office), fc.array(caseOf(office), { minLength: perOffice, maxLength: perOffice })),
  );
  const property = fc.asyncProperty(questions, async ([office, ofOffice]) => {
    const { mappings, statements } = tablesOf(office, asked.flavor);
    await asked.run(statements);
    const { flavor, inMemory = false } = asked;
    const world = worldOf(office, storeOf(office), mappings, { dialect: flavor.dialect, inMemory });
    await checkOffice(asked, world, ofOffice, office.shape.isGenerated ? tallies.generated : tallies.usual);
  });
  // A failing question is made smaller where it fails: its office would be pages.
  const result = await fc.check(property, {
    seed,
    numRuns: Math.ceil(total / perOffice),
    endOnFailure: true,
  });
  if (result.failed) throw result.errorInstance;
  t.diagnostic(JSON.stringify(tallies));
  const { usual, generated } = tallies;
  assert.ok(usual.exact >= usual.open * 3, "nearly all policies can be expressed");
  // A few offices can all have what no database can be asked for.
  if (total >= 5000) assert.ok(generated.exact > generated.open * 2, "most can, whatever the schema");
  const [allowed, rows] = [usual.allowed + generated.allowed, usual.rows + generated.rows];
  assert.ok(allowed > rows / 50 && allowed < rows * 0.9, "rows of both kinds are met");
}

function newTally(): Tally {
  return { exact: 0, open: 0, rows: 0, allowed: 0 };
}

async function checkOffice(asked: Asked, world: World, cases: readonly Case[], tally: Tally): Promise<void> {
  for (let start = 0; start < cases.length; start += CASES_A_QUERY) {
    const batch = cases.slice(start, start + CASES_A_QUERY);
    const planned = batch.map((one) => planCase(one, world));
    const found = await asked.find(
      planned.map(({ plan }) => plan),
      world,
    );
    for (const [i, one] of batch.entries()) {
      const outcome = planned[i];
      if (outcome === undefined) continue;
      const allowed = allowedBy(outcome, world);
      tally[outcome.plan.exact ? "exact" : "open"] += 1;
      tally.rows += docsOf(world.office).length;
      tally.allowed += allowed.length;
      if (!agrees(outcome.plan, found[i] ?? [], allowed)) await report(asked, world, one);
    }
  }
}

function allowedBy({ allows }: Planned, { office }: World): readonly string[] {
  return docsOf(office)
    .filter(({ uid }) => allows(uid))
    .map(({ uid }) => uid.id);
}

function agrees({ exact }: RowPlan, found: readonly string[], allowed: readonly string[]): boolean {
  return (exact ? found.length === allowed.length : true) && allowed.every((id) => found.includes(id));
}

/** Fails, with the smallest question that does. */
async function report(asked: Asked, world: World, failing: Case): Promise<never> {
  const ask = async (one: Case) => {
    const planned = planCase(one, world);
    const [found = []] = await asked.find([planned.plan], world);
    return { planned, found, allowed: allowedBy(planned, world) };
  };
  const smallest = await shrink(failing, async (smaller) => {
    const { planned, found, allowed } = await ask(smaller);
    return !agrees(planned.plan, found, allowed);
  });
  const { planned, found, allowed } = await ask(smallest);
  throw new Error(describe(smallest, planned, found, allowed, world));
}

function describe(
  { failClosed, principal }: Case,
  { plan, policies }: Planned,
  found: readonly string[],
  allowed: readonly string[],
  world: World,
): string {
  const differing = docsOf(world.office).filter(
    ({ uid }) => found.includes(uid.id) !== allowed.includes(uid.id),
  );
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
  return [
    `found ${JSON.stringify(found)}, allowed ${JSON.stringify(allowed)}`,
    ...differing.map(({ uid, attrs, parents, tags }) => {
      const [attributes, tagged] = [attrs, tags].map((one) => describeValue(CedarRecord.of(one)));
      return `${uid} ${attributes} in [${parents.join(", ")}] tagged ${tagged}`;
    }),
    `${principal} failClosed=${failClosed} exact=${plan.exact}`,
    JSON.stringify(policies.staticPolicies, plain),
    plan.outcome === "when" ? JSON.stringify(plan.predicate) : plan.outcome,
    plan.outcome === "when" && !world.inMemory ? compileSql(plan.predicate, world).sql : "",
    world.office.shape.isGenerated ? JSON.stringify(world.office.shape) : "",
    JSON.stringify(world.mappings),
  ].join("\n");
}

/** Asks for the rows of several plans in one statement; `select` returns rows of a number and an id. */
export async function findBySql(
  plans: readonly RowPlan[],
  { mappings, dialect, isStatic }: World,
  select: (statement: Statement) => Promise<readonly { n: number; id: string }[]>,
): Promise<string[][]> {
  const parameters: unknown[] = [];
  const [table, id] =
    dialect === "mysql" ? ["`Doc`", "CAST(r.`the id` AS CHAR)"] : ['"Doc"', 'CAST(r."the id" AS text)'];
  const parts = plans.map((plan, n) => {
    let where = plan.outcome === "always" ? "TRUE" : "FALSE";
    if (plan.outcome === "when") {
      const options = { dialect, mappings, isStatic, alias: "r", firstParameter: parameters.length + 1 };
      const filter = compileSql(plan.predicate, options);
      where = filter.sql;
      parameters.push(...filter.parameters);
    }
    return `SELECT ${n} AS n, ${id} AS id FROM ${table} r WHERE ${where}`;
  });
  const found = plans.map((): string[] => []);
  for (const row of await select({ sql: parts.join(" UNION ALL "), parameters }))
    found[Number(row.n)]?.push(row.id);
  return found;
}
