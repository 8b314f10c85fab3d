import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import {
  type Authorizer,
  CedarRecord,
  compile,
  describeValue,
  type EntityStore,
  EntityUid,
  type ExprJson,
  type PolicyJson,
  type PolicySetJson,
} from "@cordon/engine";
import fc from "fast-check";
import type { EntityMapping } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import { checkFor, compileSql } from "../sql/index.js";
import { planResidual, type RowPlan } from "../translate/index.js";
import { conditions } from "./conditions.js";
import { type Abilities, docsOf, type Office, offices, storeOf } from "./office.js";
import { OFFICE } from "./office-schema.js";
import { type Flavor, type Statement, tablesOf } from "./tables.js";

/** A database that can be asked. */
export interface Asked {
  readonly flavor: Flavor;
  readonly abilities: Abilities;
  run(statements: readonly Statement[]): Promise<void>;
  /** Rows of two columns: a number and a text. */
  select(statement: Statement): Promise<readonly { n: number; id: string }[]>;
}

/** One question: a set of policies, who asks, and whether an erring forbid denies. */
interface Case {
  readonly policies: PolicySetJson;
  readonly principal: number;
  readonly failClosed: boolean;
}

const CASES_AN_OFFICE = 250;
const CASES_A_QUERY = 25;

/**
 * For generated layouts, data, policies and principals: the rows that the database returns are those for which the
 * engine says allow, one by one.
 */
export async function checkEquality(t: TestContext, database: Asked, cases: number): Promise<void> {
  const seed = Number(process.env.CORDON_SEED ?? Date.now() % 2 ** 31);
  const total = Number(process.env.CORDON_RUNS ?? cases);
  const perOffice = Math.min(CASES_AN_OFFICE, total);
  t.diagnostic(`CORDON_SEED=${seed} CORDON_RUNS=${total}`);
  const tally = { exact: 0, open: 0, rows: 0, allowed: 0 };
  const question = offices(database.abilities).chain((office) =>
    fc.tuple(fc.constant(office), fc.array(caseOf(office), { minLength: perOffice, maxLength: perOffice })),
  );
  const property = fc.asyncProperty(question, ([office, asked]) =>
    checkOffice(database, office, asked, tally),
  );
  const result = await fc.check(property, {
    seed,
    numRuns: Math.ceil(total / perOffice),
    endOnFailure: process.env.CORDON_SHRINK !== "1",
  });
  // The whole office would be pages: what failed says which question it was.
  if (result.failed) throw result.errorInstance;
  t.diagnostic(JSON.stringify(tally));
  assert.ok(tally.exact > tally.open * 4, "nearly all policies can be expressed");
  assert.ok(
    tally.allowed > tally.rows / 20 && tally.allowed < tally.rows * 0.9,
    "rows of both kinds are met",
  );
}

function caseOf(office: Office): fc.Arbitrary<Case> {
  const condition = conditions(office.pools);
  return fc.record({
    policies: fc
      .tuple(fc.array(condition, { minLength: 1, maxLength: 2 }), fc.array(condition, { maxLength: 2 }))
      .map(([permits, forbids]) => policySet(permits, forbids)),
    principal: fc.nat({ max: 4 }),
    failClosed: fc.boolean(),
  });
}

function policySet(permits: readonly ExprJson[], forbids: readonly ExprJson[]): PolicySetJson {
  const policy = (effect: "permit" | "forbid", body: ExprJson): PolicyJson => ({
    effect,
    principal: { op: "All" },
    action: { op: "All" },
    resource: { op: "All" },
    conditions: [{ kind: "when", body }],
  });
  const named = [
    ...permits.map((body, i) => [`permit ${i}`, policy("permit", body)] as const),
    ...forbids.map((body, i) => [`forbid ${i}`, policy("forbid", body)] as const),
  ];
  return { staticPolicies: Object.fromEntries(named), templates: {}, templateLinks: [] };
}

interface Tally {
  exact: number;
  open: number;
  rows: number;
  allowed: number;
}

async function checkOffice(
  database: Asked,
  office: Office,
  cases: readonly Case[],
  tally: Tally,
): Promise<void> {
  const { mappings, statements } = tablesOf(office, database.flavor);
  await database.run(statements);
  const store = storeOf(office);
  for (let start = 0; start < cases.length; start += CASES_A_QUERY) {
    const batch = cases
      .slice(start, start + CASES_A_QUERY)
      .map((one) => planned(one, office, store, mappings, database));
    const rows = await askTogether(database, batch, mappings);
    for (const [n, { plan, expected, describe }] of batch.entries()) {
      const found = rows.get(n) ?? [];
      const allowed = docsOf(office)
        .filter(({ uid }) => expected(uid))
        .map(({ uid }) => uid.id);
      tally[plan.exact ? "exact" : "open"] += 1;
      tally.rows += docsOf(office).length;
      tally.allowed += allowed.length;
      if (plan.exact) assert.deepEqual(found.sort(), allowed.sort(), describe(found, allowed));
      else {
        const missing = allowed.filter((id) => !found.includes(id));
        assert.deepEqual(missing, [], describe(found, allowed));
      }
    }
  }
}

interface Planned {
  readonly plan: RowPlan;
  expected(uid: EntityUid): boolean;
  describe(found: readonly string[], allowed: readonly string[]): string;
}

function planned(
  { policies, principal, failClosed }: Case,
  office: Office,
  store: EntityStore,
  mappings: readonly EntityMapping[],
  { flavor: { dialect } }: Asked,
): Planned {
  const authorizer = compile(policies);
  const users = office.entities.filter(({ uid }) => uid.type === "User");
  const user = users[principal]?.uid ?? EntityUid.of("User", "nobody");
  const action = EntityUid.of("Action", "read");
  const residual = authorizer.partial(
    {
      principal: user,
      action,
      resource: { unknown: true, type: "Doc" },
      context: { known: new Map(), unknown: new Set() },
    },
    store,
    { failClosed },
  );
  const options = {
    resourceType: "Doc",
    schema: OFFICE,
    entities: store,
    mappings,
    check: checkFor("Doc", { dialect, mappings }),
  };
  const plan = exactOrOpen((approximate) => planResidual(residual, { ...options, approximate }));
  return {
    plan,
    expected: (resource) => {
      const answer = authorizer.isAuthorized(
        { principal: user, action, resource, context: CedarRecord.EMPTY },
        store,
      );
      return answer.decision === "allow" && !(failClosed && forbidErred(answer, authorizer));
    },
    describe: (found, allowed) =>
      [
        `found ${JSON.stringify(found)}, allowed ${JSON.stringify(allowed)}`,
        ...docsOf(office)
          .filter(({ uid }) => found.includes(uid.id) !== allowed.includes(uid.id))
          .map(
            ({ uid, attrs, parents }) =>
              `${uid} ${describeValue(CedarRecord.of(attrs))} in [${parents.join(", ")}]`,
          ),
        `${user} failClosed=${failClosed}`,
        JSON.stringify(policies.staticPolicies, (_, value) =>
          typeof value === "bigint" ? String(value) : value,
        ),
        plan.outcome === "when"
          ? JSON.stringify(compileSql(plan.predicate, { dialect, mappings }))
          : plan.outcome,
      ].join("\n"),
  };
}

function exactOrOpen(plan: (approximate: boolean) => RowPlan): RowPlan {
  try {
    return plan(false);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    assert.ok(
      error.policyId !== undefined && error.clause !== undefined,
      "the error names policy and clause",
    );
    return plan(true);
  }
}

function forbidErred(answer: ReturnType<Authorizer["isAuthorized"]>, authorizer: Authorizer): boolean {
  return answer.errors.some(({ policyId }) => authorizer.policy(policyId)?.effect === "forbid");
}

async function askTogether(
  { flavor, select }: Asked,
  batch: readonly Planned[],
  mappings: readonly EntityMapping[],
): Promise<Map<number, string[]>> {
  const { dialect } = flavor;
  const parameters: unknown[] = [];
  const quote = (name: string) => (dialect === "mysql" ? `\`${name}\`` : `"${name}"`);
  const asText = dialect === "mysql" ? "CAST(r.`the id` AS CHAR)" : 'CAST(r."the id" AS text)';
  const parts = batch.map(({ plan }, n) => {
    let where = plan.outcome === "always" ? "TRUE" : "FALSE";
    if (plan.outcome === "when") {
      const filter = compileSql(plan.predicate, {
        dialect,
        mappings,
        alias: "r",
        firstParameter: parameters.length + 1,
      });
      where = filter.sql;
      parameters.push(...filter.parameters);
    }
    return `SELECT ${n} AS n, ${asText} AS id FROM ${quote("Doc")} r WHERE ${where}`;
  });
  const rows = await select({ sql: parts.join(" UNION ALL "), parameters });
  const found = new Map<number, string[]>();
  for (const { n, id } of rows) found.set(Number(n), [...(found.get(Number(n)) ?? []), id]);
  return found;
}
