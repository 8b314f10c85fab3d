import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExprJson } from "../index.js";
import {
  call,
  dot,
  ext,
  ifElse,
  lit,
  op,
  outcomeOf,
  principal,
  resource,
} from "../testing-internal/world.js";

/** An operand that errs, naming itself in the error. */
const errs = (name: string): ExprJson => dot({ Record: {} }, name);
const first = "record does not have the attribute `first`";

test("operands are evaluated from left to right, and the first error counts", () => {
  const cases: ExprJson[] = [
    op("==", errs("first"), errs("second")),
    op("+", errs("first"), lit("not a long")),
    op("contains", errs("first"), errs("second")),
    { Set: [lit(1), errs("first"), errs("second")] },
    call("isInRange", errs("first"), errs("second")),
    call("ip", errs("first"), errs("second")),
    ifElse(errs("first"), errs("second"), errs("third")),
    { is: { left: errs("first"), entity_type: "User", in: errs("second") } },
    op("&&", lit(true), op("||", lit(false), errs("first"))),
    // Members of a record go by name, wherever they were written.
    { Record: { b: errs("second"), a: errs("first") } },
  ];
  for (const expr of cases) {
    const outcome = outcomeOf(expr);
    assert.equal(typeof outcome === "object" && outcome.message, first, JSON.stringify(expr));
  }
});

test("operands are evaluated before their types are checked", () => {
  const outcome = outcomeOf(op("+", lit("not a long"), errs("first")));
  assert.equal(typeof outcome === "object" && outcome.message, first);
});

test("what short-circuits is not evaluated", () => {
  const cases: ExprJson[] = [
    op("||", lit(true), errs("x")),
    { "!": { arg: op("&&", lit(false), errs("x")) } },
    op("&&", op("||", lit(true), errs("x")), lit(true)),
    ifElse(lit(true), lit(true), errs("x")),
    { "!": { arg: { is: { left: principal, entity_type: "Robot", in: errs("x") } } } },
  ];
  for (const expr of cases) assert.equal(outcomeOf(expr), true, JSON.stringify(expr));
});

test("a malformed constant errs when evaluated, and only then", () => {
  const constant = lit({ __extn: { fn: "decimal", arg: "x" } });
  assert.equal(outcomeOf(op("||", lit(true), constant)), true);
  const outcome = outcomeOf(op("==", constant, ext("decimal", "1.0")));
  assert.deepEqual(outcome, {
    code: "extension_error",
    message: "error while evaluating `decimal` extension function: `x` is not a well-formed decimal value",
    help: "valid decimal strings look like `12.34`: digits are required on both sides of `.`, up to 4 fractional digits are allowed, and the value must be in range -922337203685477.5808 to 922337203685477.5807",
  });
});

test("a function that does not exist errs only when evaluated, if it is in a constant", () => {
  const constant = lit({ __extn: { fn: "nope", arg: 1 } });
  assert.equal(outcomeOf(op("||", lit(true), constant)), true);
  assert.deepEqual(outcomeOf(op("==", constant, lit(1))), {
    code: "unknown_extension_function",
    message: "extension function `nope` does not exist",
    help: null,
  });
});

test("principal, action, resource and context are the request's", () => {
  assert.equal(outcomeOf({ is: { left: resource, entity_type: "Doc" } }), true);
  assert.equal(
    outcomeOf(op("==", { Var: "action" }, lit({ __entity: { type: "Action", id: "read" } }))),
    true,
  );
  assert.equal(outcomeOf(op("==", { Var: "context" }, { Record: {} })), true);
});
