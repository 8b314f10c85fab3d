import { PlanError } from "../plan-error.js";
import type { Literal, Term, TermFunction } from "../predicate/index.js";
import { decimalText } from "../predicate/index.js";
import { bound, raw, type Sql, sql } from "./fragment.js";
import type { Query, Scope } from "./query.js";
import { scalarOf as storedScalarOf } from "./resolve.js";
import type { Scalar } from "./scalar.js";

const DAY = 86_400_000;
const UNITS: Readonly<Partial<Record<TermFunction, number>>> = {
  toSeconds: 1000,
  toMinutes: 60_000,
  toHours: 3_600_000,
  toDays: DAY,
};

/** DECIMAL of MySQL has 65 digits; a Long has 19. */
const MAX_FACTORS = 3;

/** What a term comes to, stored or computed. */
export function scalarOf(term: Term, scope: Scope): Scalar {
  switch (term.kind) {
    case "literal":
      return literalScalar(term.value, scope.query);
    case "arithmetic":
      return arithmetic(term, scope);
    case "call":
      return call(term.fn, term.args, scope);
    default:
      return storedScalarOf(term, scope);
  }
}

/** An integer, a datetime or a duration as an integer without bounds. */
export function wideOf(term: Term, scope: Scope): Scalar {
  return widen(scalarOf(term, scope), scope.query);
}

export function widen(scalar: Scalar, { dialect }: Query): Scalar {
  switch (scalar.form) {
    case "timestamptz":
    case "timestamp":
      return { ...scalar, form: "wide", sql: dialect.milliseconds(scalar.sql, scalar.form) };
    case "integer":
    case "milliseconds":
      return { ...scalar, form: "wide", sql: dialect.widen(scalar.sql) };
    default:
      return scalar;
  }
}

/** Overflow is a condition that fails: the database computes with numbers that don't. */
function arithmetic(term: Term & { kind: "arithmetic" }, scope: Scope): Scalar {
  if (factors(term) > MAX_FACTORS) {
    throw new PlanError("too_large", `more than ${MAX_FACTORS} numbers are multiplied`);
  }
  return checked(raw(` ${term.operator} `), wideOf(term.left, scope), wideOf(term.right, scope), scope);
}

function checked(operator: Sql, left: Scalar, right: Scalar, { query }: Scope): Scalar {
  const result = sql`(${left.sql}${operator}${right.sql})`;
  return {
    sql: result,
    form: "wide",
    conditions: [...left.conditions, ...right.conditions, query.dialect.isLong(result)],
    exact: false,
  };
}

function factors(term: Term): number {
  if (term.kind !== "arithmetic") return 1;
  const [left, right] = [factors(term.left), factors(term.right)];
  return term.operator === "*" ? left + right : Math.max(left, right);
}

function call(fn: TermFunction, args: readonly Term[], scope: Scope): Scalar {
  const [first, second] = args.map((arg) => wideOf(arg, scope));
  if (first === undefined) throw new PlanError("predicate_invalid", `\`${fn}\` has no arguments`);
  const { dialect } = scope.query;
  switch (fn) {
    case "offset":
    case "durationSince":
      if (second === undefined) throw new PlanError("predicate_invalid", `\`${fn}\` has one argument`);
      return checked(raw(fn === "offset" ? " + " : " - "), first, second, scope);
    case "toTime":
      return { ...first, sql: dialect.modulo(first.sql, DAY) };
    case "toDate":
      return checked(raw(" - "), first, { ...first, sql: dialect.modulo(first.sql, DAY) }, scope);
    case "toMilliseconds":
      return first;
    default:
      return { ...first, sql: dialect.divide(first.sql, UNITS[fn] ?? 1) };
  }
}

function literalScalar(literal: Literal, { dialect }: Query): Scalar {
  const scalar = (form: Scalar["form"], value: Sql): Scalar => ({
    sql: value,
    form,
    conditions: [],
    exact: false,
  });
  switch (literal.type) {
    case "Long":
      return scalar("integer", dialect.integer(literal.value));
    case "datetime":
    case "duration":
      return scalar("milliseconds", dialect.integer(literal.value));
    case "Boolean":
      return scalar("boolean", dialect.boolean(literal.value));
    case "decimal":
      return scalar("numeric", bound("numeric", decimalText(literal.value)));
    case "ipaddr":
      return scalar("inet", bound("inet", literal.value));
    case "String":
      return scalar("text", bound("text", literal.value));
    default:
      throw new PlanError("not_expressible", "a value is compared that has no counterpart in the database");
  }
}
