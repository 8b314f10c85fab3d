import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMappings } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import { type Literal, or, type Predicate, type Term } from "../predicate/index.js";
import { compileSql, type SqlOptions } from "./compile-sql.js";

const MAPPINGS = parseMappings({
  Ticket: {
    table: "app.tickets",
    id: "id",
    attributes: {
      title: "title",
      code: { column: "code", exact: true },
      size: "size",
      customer: "customer_id",
      at: "opened_at",
      "odd name": 'x" OR 1=1 --',
    },
    parents: [{ type: "Customer", column: "customer_id" }],
  },
  Customer: {
    table: "customers",
    id: { column: "id", as: "integer" },
    attributes: { plan: "plan" },
    parents: [{ type: "Region", column: "region_id" }],
  },
  Region: { table: "regions", id: "id", parents: [{ type: "Region", column: "parent_id" }] },
});

const row: Term = { kind: "row", type: { type: "Entity", name: "Ticket" } };
const attribute = (name: string, type: "String" | "Long" = "String"): Term => ({
  kind: "attribute",
  of: row,
  name,
  type: { type },
});
const literal = (value: Literal): Term => ({ kind: "literal", value });
const text = (value: string): Term => literal({ type: "String", value });
const is = (left: Term, right: Term): Predicate => ({ kind: "compare", operator: "==", left, right });

function compile(condition: Predicate, options: Partial<SqlOptions> = {}) {
  const predicate = { version: 1, resourceType: "Ticket", condition } as const;
  return compileSql(predicate, { dialect: "postgres", mappings: MAPPINGS, ...options });
}

const SQL: readonly (readonly [string, Predicate, Record<"postgres" | "mysql" | "sqlite", string>])[] = [
  [
    "text is compared by its bytes, and an index serves",
    is(attribute("title"), text("it's")),
    {
      postgres: `"tickets"."title" = $1::text COLLATE pg_catalog."default"`,
      mysql:
        "(`tickets`.`title` = ? AND HEX(CONVERT(`tickets`.`title` USING utf8mb4)) = HEX(CONVERT(? USING utf8mb4)))",
      sqlite: `"tickets"."title" COLLATE BINARY = ?`,
    },
  ],
  [
    "text that compares bytes anyway",
    is(attribute("code"), text("a")),
    {
      postgres: `"tickets"."code" = $1::text`,
      mysql: "`tickets`.`code` = ?",
      sqlite: `"tickets"."code" COLLATE BINARY = ?`,
    },
  ],
  [
    "names are quoted",
    is(attribute("odd name"), text("a")),
    {
      postgres: `"tickets"."x"" OR 1=1 --" = $1::text COLLATE pg_catalog."default"`,
      mysql:
        '(`tickets`.`x" OR 1=1 --` = ? AND HEX(CONVERT(`tickets`.`x" OR 1=1 --` USING utf8mb4)) = HEX(CONVERT(? USING utf8mb4)))',
      sqlite: `"tickets"."x"" OR 1=1 --" COLLATE BINARY = ?`,
    },
  ],
  [
    "overflow is a condition that fails",
    {
      kind: "compare",
      operator: ">",
      left: {
        kind: "arithmetic",
        operator: "+",
        left: attribute("size", "Long"),
        right: attribute("size", "Long"),
      },
      right: literal({ type: "Long", value: "5" }),
    },
    {
      postgres: `(("tickets"."size"::numeric + "tickets"."size"::numeric) BETWEEN -9223372036854775808 AND 9223372036854775807 AND ("tickets"."size"::numeric + "tickets"."size"::numeric) > $1::bigint)`,
      mysql:
        "((CAST(`tickets`.`size` AS DECIMAL(65, 0)) + CAST(`tickets`.`size` AS DECIMAL(65, 0))) BETWEEN -9223372036854775808 AND 9223372036854775807 AND (CAST(`tickets`.`size` AS DECIMAL(65, 0)) + CAST(`tickets`.`size` AS DECIMAL(65, 0))) > CAST(? AS SIGNED))",
      sqlite: `(typeof(("tickets"."size" + "tickets"."size")) = 'integer' AND ("tickets"."size" + "tickets"."size") > CAST(? AS INTEGER))`,
    },
  ],
];

for (const [name, condition, expected] of SQL) {
  for (const dialect of ["postgres", "mysql", "sqlite"] as const) {
    test(`${dialect}: ${name}`, () => assert.equal(compile(condition, { dialect }).sql, expected[dialect]));
  }
}

test("parameters are numbered from where the caller says, and chunks say the same without numbers", () => {
  const condition = or(is(attribute("title"), text("a")), is(attribute("code"), text("b")));
  const filter = compile(condition, { firstParameter: 3, alias: "t" });
  assert.equal(filter.sql, `("t"."title" = $3::text COLLATE pg_catalog."default" OR "t"."code" = $4::text)`);
  assert.deepEqual(filter.parameters, ["a", "b"]);
  assert.deepEqual(filter.chunks, [
    `("t"."title" = `,
    { parameter: "a" },
    `::text COLLATE pg_catalog."default" OR "t"."code" = `,
    { parameter: "b" },
    "::text)",
  ]);
  assert.equal(filter.exact, true);
});

test("no value is ever in the text", () => {
  const values = ["'; DROP TABLE tickets; --", "\\'", "$1", "?", ":x", "/*", '"', "`", "%", "\u0000"];
  for (const dialect of ["postgres", "mysql", "sqlite"] as const) {
    for (const value of values) {
      const plain = compile(is(attribute("title"), text("harmless")), { dialect });
      const filter = compile(is(attribute("title"), text(value)), { dialect });
      // PostgreSQL has no NUL in any text: what equals one is in no row.
      if (dialect === "postgres" && value === "\u0000") assert.equal(filter.sql, "FALSE");
      else {
        assert.equal(filter.sql, plain.sql);
        assert.ok(filter.parameters.every((parameter) => parameter === value));
      }
      const like: Predicate = {
        kind: "like",
        negated: false,
        term: attribute("title"),
        pattern: [value, value],
      };
      assert.ok(!compile(like, { dialect }).sql.includes(value === "?" ? "DROP" : `${value}${value}`));
    }
  }
});

test("ids that the storage can't hold are in no row", () => {
  const customer: Term = {
    kind: "attribute",
    of: row,
    name: "customer",
    type: { type: "Entity", name: "Customer" },
  };
  for (const id of ["01", "x", "1; DROP TABLE t", "99999999999999999999", ""]) {
    const condition = is(customer, literal({ type: "Entity", name: "Customer", id }));
    assert.equal(compile(condition).sql, "FALSE");
  }
  const real = compile(is(customer, literal({ type: "Entity", name: "Customer", id: "42" })));
  assert.deepEqual([real.sql, real.parameters], [`"tickets"."customer_id" = $1::bigint`, ["42"]]);
});

const customer: Term = {
  kind: "attribute",
  of: row,
  name: "customer",
  type: { type: "Entity", name: "Customer" },
};
const ann = literal({ type: "Entity", name: "User", id: "ann" });
const user = (of: Term, name: string): Term => ({
  kind: "attribute",
  of,
  name,
  type: { type: "Entity", name: "User" },
});
const managed = is(user(customer, "manager"), ann);

/** With references stored as the ids that they refer to. */
const REFERRING = parseMappings({
  Ticket: {
    table: "tickets",
    id: "id",
    attributes: { title: "title", customer: "customer_id", assignee: "assignee" },
    parents: [{ type: "Customer", column: "customer_id" }],
  },
  Customer: {
    table: "customers",
    id: { column: "id", as: "integer" },
    attributes: { manager: "manager", lead: "lead" },
  },
  User: { table: "users", id: "id", attributes: { boss: "boss" } },
});

test("alternatives that indexes can serve ask for related ids first, so that no row is looked at in vain", () => {
  const compiled = (...operands: Predicate[]) =>
    compile({ kind: "or", operands }, { mappings: REFERRING }).sql;
  const assigned = is(user(row, "assignee"), ann);
  const own = `"tickets"."assignee" = $2::text COLLATE pg_catalog."default"`;
  const found = `"tickets"."customer_id" = ANY(ARRAY(SELECT c_1."id" FROM "customers" c_1 WHERE c_1."manager" = $1::text COLLATE pg_catalog."default"))`;
  assert.equal(compiled(managed, assigned), `(${found} OR ${own})`);
  // Text ids, and a path of several references.
  assert.equal(
    compiled(assigned, is(user(user(customer, "manager"), "boss"), ann)),
    `("tickets"."assignee" = $1::text COLLATE pg_catalog."default" OR "tickets"."customer_id" = ANY(ARRAY(SELECT c_1."id" FROM "customers" c_1, "users" c_2 WHERE (c_2."id" = c_1."manager" COLLATE pg_catalog."default" AND c_2."boss" = $2::text COLLATE pg_catalog."default"))))`,
  );
  const boss = is(user(user(row, "assignee"), "boss"), ann);
  assert.match(
    compiled(boss, assigned),
    /^\("tickets"."assignee" COLLATE pg_catalog."default" = ANY\(ARRAY\(SELECT c_1."id" FROM "users" c_1 WHERE /,
  );
  // One that is no matter of ids leaves nothing to an index.
  const titled = is(attribute("title"), text("a"));
  const exists = `EXISTS (SELECT 1 FROM "customers" c_1 WHERE (c_1."id" = "tickets"."customer_id" AND c_1."manager" = $1::text COLLATE pg_catalog."default"))`;
  assert.equal(
    compiled(managed, titled),
    `(${exists} OR "tickets"."title" = $2::text COLLATE pg_catalog."default")`,
  );
  assert.equal(compiled({ kind: "and", operands: [titled, assigned] }, managed).includes("ANY(ARRAY("), true);
  // Alone it is a join, of which the database knows how many rows it has.
  assert.equal(compile(managed, { mappings: REFERRING }).sql, exists);
  const notManaged: Predicate = {
    kind: "compare",
    operator: "!=",
    left: user(customer, "manager"),
    right: ann,
  };
  assert.equal(compiled(notManaged, assigned).includes("ANY(ARRAY("), false);
  const below: Predicate = {
    kind: "within",
    negated: false,
    member: row,
    of: [{ type: "Entity", name: "Customer", id: "7" }],
  };
  assert.equal(compiled(managed, below), `(${found} OR "tickets"."customer_id" = ANY($2::bigint[]))`);
});

test("half a surrogate pair is in no row", () => {
  for (const dialect of ["postgres", "mysql", "sqlite"] as const) {
    assert.equal(compile(is(attribute("title"), text("\ud800")), { dialect }).sql, "FALSE");
  }
});

test("what a mapping or database can't do is refused in words, or let through where that is accepted", () => {
  const unmapped = is(attribute("missing"), text("a"));
  assert.throws(
    () => compile(unmapped),
    (error) => error instanceof PlanError && error.code === "not_mapped" && error.clause === 'missing is "a"',
  );
  const open = compile(
    { kind: "and", operands: [unmapped, is(attribute("code"), text("b"))] },
    { approximate: true },
  );
  assert.deepEqual([open.sql, open.exact], [`(TRUE AND "tickets"."code" = $1::text)`, false]);
  const elsewhere = compileSqlOf("Invoice");
  assert.throws(elsewhere, { code: "not_mapped" });
});

function compileSqlOf(resourceType: string) {
  return () =>
    compileSql(
      { version: 1, resourceType, condition: { kind: "always" } },
      { dialect: "postgres", mappings: MAPPINGS },
    );
}

test("a type that is in no table and not known otherwise is no end of the hierarchy", () => {
  const mappings = MAPPINGS.filter(({ type }) => type !== "Region");
  const condition: Predicate = {
    kind: "within",
    negated: false,
    member: row,
    of: [{ type: "Entity", name: "Region", id: "emea" }],
  };
  assert.throws(() => compile(condition, { mappings }), { code: "not_mapped" });
  const filter = compile(condition, { mappings, isStatic: (type) => type === "Region" });
  assert.equal(
    filter.sql,
    `"tickets"."customer_id" IN (SELECT c_1."id" FROM "customers" c_1 WHERE c_1."region_id" = ANY($1::text[] COLLATE pg_catalog."default"))`,
  );
});

test("two entities of the row aren't compared by a hierarchy that is in no table", () => {
  const mappings = MAPPINGS.filter(({ type }) => type !== "Region");
  const isStatic = (type: string): boolean => type === "Region";
  const region: Term = {
    kind: "attribute",
    of: row,
    name: "title",
    type: { type: "Entity", name: "Region" },
  };
  const condition: Predicate = { kind: "within", negated: false, member: row, of: region };
  assert.throws(() => compile(condition, { mappings, isStatic }), {
    code: "not_expressible",
    message:
      "two entities of the row are compared by a hierarchy that Region has a part in, which is in no table",
    clause: "the ticket is in title",
  });
});

test("members of JSON whose names a database can't be asked for are refused", () => {
  const mappings = parseMappings({ Ticket: { table: "t", id: "id", attributes: { info: "info" } } });
  const memberNamed = (name: string): Predicate => {
    const type = {
      type: "Record",
      attributes: { [name]: { type: { type: "Long" }, required: false } },
    } as const;
    const info: Term = { kind: "attribute", of: row, name: "info", type };
    return is(
      { kind: "attribute", of: info, name, type: { type: "Long" } },
      literal({ type: "Long", value: "1" }),
    );
  };
  for (const [dialect, name] of [
    ["sqlite", 'a"b'],
    ["sqlite", "$[0]"],
    ["mysql", "-a"],
    ["mysql", "a\nb"],
  ] as const) {
    assert.throws(() => compile(memberNamed(name), { mappings, dialect }), {
      code: "not_expressible",
      message: `the member \`${name}\` can't be looked up in JSON`,
      help: "give it a column of its own",
    });
    assert.doesNotThrow(() => compile(memberNamed(name), { mappings, dialect: "postgres" }));
  }
});
