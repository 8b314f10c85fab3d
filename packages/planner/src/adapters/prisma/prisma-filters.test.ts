import assert from "node:assert/strict";
import { test } from "node:test";
import type { FieldPlan, Mask } from "@cordon/engine";
import { parseMappings } from "../../mapping/index.js";
import type { Predicate, Term } from "../../predicate/index.js";
import type { RowPlan } from "../../translate/index.js";
import { planning, planOf, viewing } from "../testing-internal/adapter.js";
import type { Shop } from "../testing-internal/shop.js";
import { prismaFilters } from "./prisma-filters.js";

const mappings = parseMappings({
  Doc: {
    table: "docs",
    id: { column: "id", as: "integer" },
    attributes: { title: "doc_title", owner: "owner_id", odd: "__proto__" },
    parents: [{ type: "Folder", column: "folder_id" }],
  },
  User: { table: "users", id: "id", attributes: { name: "name" } },
  Folder: { table: "folders", id: "id", parents: [{ type: "Project", column: "project_id" }] },
  Project: { table: "projects", id: "id", parents: [] },
});
const models = {
  Doc: {
    fields: { doc_title: "title", owner_id: "ownerId", folder_id: "folderId" },
    relations: { owner_id: "owner", folder_id: "folder" },
  },
  Folder: { fields: { project_id: "projectId" } },
};
const row: Term = { kind: "row", type: { type: "Entity", name: "Doc" } };
const attribute = (name: string, of: Term = row): Term => ({
  kind: "attribute",
  of,
  name,
  type: { type: "String" },
});
const owner: Term = { kind: "attribute", of: row, name: "owner", type: { type: "Entity", name: "User" } };
const is = (left: Term, value: string): Predicate => ({
  kind: "compare",
  operator: "==",
  left,
  right: { kind: "literal", value: { type: "String", value } },
});
const when = (condition: Predicate): RowPlan => ({
  outcome: "when",
  predicate: { version: 1, resourceType: "Doc", condition },
  contributions: [],
  exact: true,
});
const settled = (outcome: "always" | "never"): RowPlan => ({ outcome, contributions: [], exact: true });

const options = { provider: "postgresql", mappings, models, exactText: true } as const;
const filter = (condition: Predicate, more: Partial<Parameters<typeof prismaFilters>[1]> = {}) =>
  prismaFilters(planning(when(condition)), { ...options, ...more }).filter('User::"ann"', "read", "Doc");

const WHERE: readonly (readonly [string, Predicate, object])[] = [
  ["a field by its name", is(attribute("title"), "a"), { title: { equals: "a" } }],
  [
    "an attribute of a related entity",
    is(attribute("name", owner), "a"),
    { owner: { is: { name: { equals: "a" } } } },
  ],
  [
    "absence, of the related entity too",
    { kind: "absent", term: attribute("name", owner) },
    { OR: [{ NOT: { owner: { is: {} } } }, { owner: { is: { name: null } } }] },
  ],
  [
    "a pattern, in which nothing is one to Prisma",
    { kind: "like", negated: false, term: attribute("title"), pattern: ["50%_", ""] },
    { title: { startsWith: "50\\%\\_" } },
  ],
  [
    "a hierarchy of known depth",
    { kind: "within", negated: false, member: row, of: [{ type: "Entity", name: "Project", id: "p" }] },
    {
      OR: [{ id: { in: [] } }, { folderId: { in: [] } }, { folder: { is: { projectId: { in: ["p"] } } } }],
    },
  ],
];

for (const [name, condition, expected] of WHERE) {
  test(`Prisma: ${name}`, async () => assert.deepEqual(await filter(condition), expected));
}

test("Prisma: none and all are conditions that can be negated", async () => {
  const of = (plan: RowPlan) => prismaFilters(planning(plan), options).filter('User::"ann"', "read", "Doc");
  assert.deepEqual(await of(settled("never")), { id: { in: [] } });
  assert.deepEqual(await of(settled("always")), { id: { notIn: [] } });
});

const REFUSED: readonly (readonly [string, Predicate, object, string])[] = [
  ["a field that Prisma would overlook", is(attribute("odd"), "a"), {}, "not_mapped"],
  ["a relation that nobody named", is(attribute("name", owner), "a"), { models: {} }, "not_mapped"],
  ["text that may equal other text", is(attribute("title"), "a"), { exactText: false }, "not_expressible"],
  [
    "patterns where case is ignored",
    { kind: "like", negated: false, term: attribute("title"), pattern: ["a", ""] },
    { provider: "mysql" },
    "not_expressible",
  ],
];

for (const [name, condition, more, code] of REFUSED) {
  test(`Prisma: refused: ${name}`, () => assert.rejects(filter(condition, more), { code }));
}

test("Prisma: what it can't be asked is asked of the database, for ids", async () => {
  const asked: unknown[] = [];
  const byIds = async (...question: unknown[]) => {
    asked.push(...question);
    return [{ id: 1n }, { id: 2n }];
  };
  assert.deepEqual(await filter(is(attribute("odd"), "a"), { byIds }), { id: { in: [1n, 2n] } });
  assert.equal(
    asked[0],
    'SELECT r."id" AS id FROM "docs" r WHERE "r"."__proto__" = $1::text COLLATE pg_catalog."default" LIMIT 30001',
  );
  const many = async () => Array.from({ length: 30_001 }, (_, id) => ({ id }));
  await assert.rejects(filter(is(attribute("odd"), "a"), { byIds: many }), { code: "too_large" });
  const none = async () => undefined;
  await assert.rejects(filter(is(attribute("odd"), "a"), { byIds: none }), TypeError);
});

const rows = (plan: RowPlan, mask?: Mask) => {
  const group = { action: "more", attributes: ["title"], plan: planOf(plan) };
  const planned: FieldPlan = {
    rows: planOf(settled("always")),
    allowed: ["owner"],
    groups: [mask === undefined ? group : { ...group, mask }],
  };
  return prismaFilters(viewing(planned), options).rows('User::"ann"', "read", "Doc");
};

test("Prisma: of rows the fields that all show are selected", async () => {
  const all = await rows(settled("always"));
  assert.deepEqual([all.select, all.masked], [{ id: true, ownerId: true, title: true }, {}]);
  const none = await rows(settled("never"));
  assert.deepEqual([none.select, none.masked], [{ id: true, ownerId: true }, {}]);
  assert.deepEqual((await rows(settled("never"), "***")).masked, { title: "***" });
  await assert.rejects(rows(settled("never"), { last: 2 }), { code: "not_expressible" });
  await assert.rejects(rows(when(is(attribute("title"), "a"))), { code: "not_expressible" });
});

interface Generated {
  findMany(args: { where?: { id?: number; title?: string | null; AND?: Generated["where"][] } }): void;
  where: NonNullable<Parameters<Generated["findMany"]>[0]["where"]>;
}

/** Compiled, never called. */
export async function accepted(db: Generated) {
  const filters = prismaFilters<Shop>(planning(settled("never")), options);
  const where = await filters.filter('User::"ann"', "ticket:close", "Ticket", { reason: "done" });
  db.findMany({ where });
  db.findMany({ where: { AND: [{ id: 1 }, where] } });
  // @ts-expect-error -- the action isn't for users
  await filters.filter('User::"ann"', "ticket:read", "User");
  // @ts-expect-error -- the context is required
  await filters.rows('User::"ann"', "ticket:close", "Ticket");
}
