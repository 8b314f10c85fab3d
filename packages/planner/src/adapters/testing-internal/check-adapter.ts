import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Mask, PlanUnavailable, type ResolvedSchema } from "@cordon/engine";
import { maskValue } from "@cordon/engine/fields";
import { parseMappings } from "../../mapping/index.js";
import type { Literal, Predicate, Term } from "../../predicate/index.js";
import { checkEquality } from "../../testing-internal/equality.js";
import type { RowPlan } from "../../translate/index.js";
import { type Adapter, type Database, planning, planOf, viewing } from "./adapter.js";

/** For generated policies and data: what a filter lets through is what the engine allows, one by one. */
export function checkAdapterEquality(t: TestContext, adapter: Adapter, cases: number): Promise<void> {
  const { flavor, abilities, run } = adapter;
  const find: Parameters<typeof checkEquality>[1]["find"] = async (plans, { mappings, dialect, office }) => {
    const { places, schema } = office.shape;
    const staticTypes = Object.keys(places).filter((type) => places[type] === "files");
    const database = { mappings, dialect, staticTypes, schema };
    const found: (readonly string[])[] = [];
    for (const plan of plans) found.push(await adapter.rows(planning(plan), database, !plan.exact));
    return found;
  };
  return checkEquality(t, { flavor, abilities, run, find }, cases);
}

const TRAPS = [
  "'",
  '"',
  "`",
  "\\",
  "\\'",
  "' OR '1'='1",
  '\'; DROP TABLE "Doc"; --',
  "$1",
  "$$",
  "?",
  "??",
  ":id",
  "@p1",
  "/*",
  "--",
  "#",
  "%",
  "_",
  "{}",
  "{1,2}",
  "NULL",
  "\n",
  "é",
  "😀",
  "constructor",
  "__proto__",
];

const row: Term = { kind: "row", type: { type: "Entity", name: "Doc" } };
const attribute = (name: string): Term => ({ kind: "attribute", of: row, name, type: { type: "String" } });
const title = attribute("title");
const text = (value: string): Literal => ({ type: "String", value });
const when = (condition: Predicate): RowPlan => ({
  outcome: "when",
  predicate: { version: 1, resourceType: "Doc", condition },
  contributions: [],
  exact: true,
});

const SCHEMA: ResolvedSchema = { entityTypes: {}, actions: {} };
const MAPPINGS = parseMappings({ Doc: { table: "Doc", id: "the id", attributes: { title: "title" } } });

function databaseOf({ flavor }: Adapter): Database {
  return { dialect: flavor.dialect, mappings: MAPPINGS, staticTypes: [], schema: SCHEMA };
}

const settled = (outcome: "always" | "never"): RowPlan => ({ outcome, contributions: [], exact: true });

async function fill({ flavor, run }: Adapter): Promise<void> {
  const quote = (named: string) => (flavor.dialect === "mysql" ? `\`${named}\`` : `"${named}"`);
  const [table, id] = [quote("Doc"), quote("the id")];
  const type = flavor.columnType("text", false);
  const columns = `${id} ${type}, ${quote("title")} ${type}`;
  const values = [flavor.parameter("text", 1), flavor.parameter("text", 2)].join(", ");
  await run([
    { sql: `DROP TABLE IF EXISTS ${table}`, parameters: [] },
    { sql: `CREATE TABLE ${table} (${columns})`, parameters: [] },
    ...TRAPS.map((trap) => ({ sql: `INSERT INTO ${table} VALUES (${values})`, parameters: [trap, trap] })),
  ]);
}

/** What holds for every adapter whatever the database, beside equality. */
export function testAdapter(name: string, skip: string | false, adapterOf: () => Adapter): void {
  const rows = (planner: ReturnType<typeof planning>) => {
    const adapter = adapterOf();
    return adapter.rows(planner, databaseOf(adapter), false);
  };
  test(`${name}: no id and no value gets out of its parameter`, { skip }, async () => {
    await fill(adapterOf());
    for (const trap of TRAPS) {
      const literal: Term = { kind: "literal", value: text(trap) };
      const itself: Term = { kind: "literal", value: { type: "Entity", name: "Doc", id: trap } };
      const same: Predicate = { kind: "compare", operator: "==", left: title, right: literal };
      const byId: Predicate = { kind: "compare", operator: "==", left: row, right: itself };
      const others: Predicate = { kind: "compare", operator: "!=", left: title, right: literal };
      const among: Predicate = {
        kind: "among",
        negated: false,
        term: title,
        values: [text(trap), text("-")],
      };
      for (const condition of [same, byId, among])
        assert.deepEqual(await rows(planning(when(condition))), [trap]);
      assert.equal((await rows(planning(when(others)))).length, TRAPS.length - 1, trap);
    }
    assert.equal(
      (await rows(planning({ outcome: "always", contributions: [], exact: true }))).length,
      TRAPS.length,
    );
  });

  test(`${name}: all rows, none, or an error`, { skip }, async () => {
    await fill(adapterOf());
    assert.equal((await rows(planning(settled("always")))).length, TRAPS.length);
    assert.deepEqual(await rows(planning(settled("never"))), []);
    const unavailable = new PlanUnavailable("no answer", []);
    await assert.rejects(rows({ plan: () => Promise.reject(unavailable) }), unavailable);
    const open = planning({ outcome: "always", contributions: [], exact: false });
    await assert.rejects(rows(open), { code: "not_expressible" });
    const other = planning({ outcome: "always", contributions: [], exact: true }, { resourceType: "User" });
    await assert.rejects(rows(other), { code: "predicate_invalid" });
    const foreign = planning({ outcome: "always", contributions: [], exact: true }, {
      outcome: "when",
      predicate: { version: 2 },
    } as never);
    await assert.rejects(rows(foreign), { code: "predicate_invalid" });
    const misled = planning(when({ kind: "always" }), {
      predicate: { version: 1, resourceType: "User", condition: { kind: "always" } },
    } as never);
    await assert.rejects(rows(misled), { code: "predicate_invalid" });
  });

  test(`${name}: what can't be asked is refused, with the policy that asks for it`, { skip }, async () => {
    await fill(adapterOf());
    const missing: Predicate = { kind: "defined", term: attribute("missing") };
    const planner = planning({
      ...when(missing),
      contributions: [{ policyId: "p1", effect: "permit", condition: missing }],
    });
    await assert.rejects(rows(planner), { code: "not_mapped", policyId: "p1" });
  });
}

/** What holds for views of every adapter that can show a column in some rows and not in others. */
export function testViews(name: string, skip: string | false, adapterOf: () => Adapter): void {
  const view = async (plan: RowPlan, mask?: Mask) => {
    const adapter = adapterOf();
    const group = { action: "more", attributes: ["title"], plan: planOf(plan) };
    const groups = [mask === undefined ? group : { ...group, mask }];
    const planner = viewing({ rows: planOf(settled("always")), allowed: [], groups });
    const database = databaseOf(adapter);
    return ((await adapter.view?.(planner, database)) ?? []) as Record<string, unknown>[];
  };

  for (const mask of [undefined, null, "***", { first: 1 }, { last: 2 }] as const) {
    test(`${name}: in rows that don't show a column stands ${JSON.stringify(mask) ?? "NULL"}`, {
      skip,
    }, async () => {
      await fill(adapterOf());
      const shown = TRAPS.filter((_, index) => index % 2 === 0);
      const some = when({ kind: "among", negated: false, term: title, values: shown.map(text) });
      const expected = (id: string, isShown: boolean) => (isShown ? id : maskValue(mask ?? null, id));
      const found = await view(some, mask);
      assert.equal(found.length, TRAPS.length);
      for (const one of found) {
        const id = String(one["the id"]);
        assert.equal(one.title, expected(id, shown.includes(id)), id);
      }
      for (const every of await view(settled("always"), mask)) assert.equal(every.title, every["the id"]);
      for (const none of await view(settled("never"), mask)) {
        assert.equal("title" in none, mask !== undefined);
        if (mask !== undefined) assert.equal(none.title, maskValue(mask, none["the id"]));
      }
    });
  }
}
