import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExprJson } from "../index.js";
import {
  call,
  context,
  dot,
  ext,
  ifElse,
  lit,
  not,
  op,
  principal,
  ref,
  resource,
} from "../testing-internal/world.js";
import { buildExpression } from "./build-expression.js";
import { describeConstraint, describeExpression } from "./describe-expression.js";

function describe(json: ExprJson): string {
  return describeExpression(buildExpression(json, "", { attributeNames: new Set() }));
}

test("expressions read as people write them", () => {
  const cases: [ExprJson, string][] = [
    [op("==", dot(resource, "region"), dot(principal, "region")), "resource.region == principal.region"],
    [
      op("&&", op("&&", lit(true), op("||", lit(true), lit(false))), lit(true)),
      "true && (true || false) && true",
    ],
    [op("||", op("&&", lit(true), lit(false)), lit(true)), "true && false || true"],
    [op("*", op("+", lit(1), lit(2)), lit(3)), "(1 + 2) * 3"],
    [op("-", lit(1), op("-", lit(2), lit(-3))), "1 - (2 - -3)"],
    [op("==", op("==", lit(1), lit(2)), lit(false)), "(1 == 2) == false"],
    [not(op("in", principal, ref('Team::"a"'))), '!(principal in Team::"a")'],
    [not(not(dot(context, "x y"))), '!!context["x y"]'],
    [{ neg: { arg: lit(1) } }, "-(1)"],
    [{ has: { left: principal, attr: ["a", "b"] } }, "principal has a.b"],
    [{ has: { left: principal, attr: "a b" } }, 'principal has "a b"'],
    [{ has: { left: principal, attr: "in" } }, 'principal has "in"'],
    [dot(principal, "if"), 'principal["if"]'],
    [
      not({ has: { left: principal, attr: ["a", "b c", "d"] } }),
      '!(principal has a && principal.a has "b c" && principal.a["b c"] has d)',
    ],
    [
      { like: { left: dot(resource, "name"), pattern: [{ Literal: "a*" }, "Wildcard", { Literal: '"' }] } },
      'resource.name like "a\\**\\""',
    ],
    [
      { is: { left: principal, entity_type: "App::User", in: ref('Team::"a"') } },
      'principal is App::User in Team::"a"',
    ],
    [
      call("isInRange", dot(context, "ip"), ext("ip", "10.0.0.0/8")),
      'context.ip.isInRange(ip("10.0.0.0/8"))',
    ],
    [
      op(">", dot(ifElse(lit(true), principal, resource), "n"), lit(1)),
      "(if true then principal else resource).n > 1",
    ],
    [
      op(
        "contains",
        { Set: [lit(1), { Record: { "a b": lit("x"), a: lit(2) } }] },
        op("getTag", principal, lit("k")),
      ),
      '[1, {a: 2, "a b": "x"}].contains(principal.getTag("k"))',
    ],
    [{ isEmpty: { arg: dot(principal, "roles") } }, "principal.roles.isEmpty()"],
    [
      op("<", lit({ __extn: { fn: "datetime", arg: "2024-01-01" } }), ext("datetime", "2024-06-01")),
      'datetime("2024-01-01") < datetime("2024-06-01")',
    ],
  ];
  for (const [json, text] of cases) assert.equal(describe(json), text);
});

test("constraints read as the scope of a policy", () => {
  assert.equal(describeConstraint("principal", { op: "any" }), "principal");
  assert.equal(describeConstraint("action", { op: "in", uids: [], isList: true }), "action in []");
  assert.equal(describeConstraint("resource", { op: "is", type: "Doc", in: undefined }), "resource is Doc");
});
