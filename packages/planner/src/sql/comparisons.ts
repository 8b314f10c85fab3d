import { PlanError } from "../plan-error.js";
import type { ComparisonOperator, Literal } from "../predicate/index.js";
import { decimalText } from "../predicate/index.js";
import { widen } from "./computed.js";
import type { Dialect } from "./dialect.js";
import { anyOf, bound, FALSE, raw, type Sql, sql } from "./fragment.js";
import type { Query } from "./query.js";
import { sameIds } from "./resolve.js";
import type { Form, Scalar } from "./scalar.js";
import { isIntegerId, isUuid } from "./shared.js";
import { compareTimestamp } from "./timestamps.js";

const SQL_OPERATORS: Readonly<Record<ComparisonOperator, Sql>> = {
  "==": raw("="),
  "!=": raw("<>"),
  "<": raw("<"),
  "<=": raw("<="),
  ">": raw(">"),
  ">=": raw(">="),
};

/**
 * A scalar beside a literal. Not true where the scalar has no value; otherwise true where the relation holds, the
 * conditions of the scalar aside.
 */
export function compareLiteral(
  operator: ComparisonOperator,
  scalar: Scalar,
  literal: Literal,
  { dialect }: Query,
): Sql {
  const { sql: column, form } = scalar;
  const by = SQL_OPERATORS[operator];
  const impossible = operator === "!=" ? isPresent(scalar) : FALSE;
  switch (literal.type) {
    case "String":
      return compareText(operator, scalar, literal.value, dialect);
    case "Entity":
      if (form === "text") return compareText(operator, scalar, literal.id, dialect);
      if (form === "integer" && isIntegerId(literal.id))
        return sql`${column} ${by} ${dialect.integer(literal.id)}`;
      if (form === "uuid" && isUuid(literal.id)) return sql`${column} ${by} ${bound("uuid", literal.id)}`;
      return impossible;
    case "Boolean":
      return sql`${column} ${by} ${dialect.boolean(literal.value)}`;
    case "Long":
      return sql`${column} ${by} ${dialect.integer(literal.value)}`;
    case "datetime":
      if (form === "timestamptz" || form === "timestamp") {
        return compareTimestamp(operator, column, form, BigInt(literal.value), dialect);
      }
      return sql`${column} ${by} ${dialect.integer(literal.value)}`;
    case "duration":
      return sql`${column} ${by} ${dialect.integer(literal.value)}`;
    case "decimal":
      return form === "units"
        ? sql`${column} ${by} ${dialect.integer(literal.value)}`
        : sql`${column} ${by} ${bound("numeric", decimalText(literal.value))}`;
    case "ipaddr":
      if (form === "inet") return sql`${column} ${by} ${bound("inet", literal.value)}`;
      return compareText(operator, scalar, literal.value, dialect);
    case "Set":
      throw new PlanError("predicate_invalid", "a set is compared as a scalar");
  }
}

function compareText(operator: ComparisonOperator, text: Scalar, literal: string, dialect: Dialect): Sql {
  const differs = operator === "!=";
  if (!dialect.isStorable(literal)) return differs ? isPresent(text) : FALSE;
  return differs ? dialect.textDiffers(text, literal) : dialect.textEquals(text, literal);
}

/** Two columns, or what is computed of them. */
export function compareScalars(operator: ComparisonOperator, left: Scalar, right: Scalar, query: Query): Sql {
  const by = SQL_OPERATORS[operator];
  if (isText(left) || isText(right) || left.form === "uuid" || right.form === "uuid") {
    const same = sameIds(query, left, right);
    // Neither side is NULL where this is asked.
    if (operator === "==") return same;
    return left.typed === undefined && right.typed === undefined
      ? sql`NOT (${same})`
      : sql`(${same}) IS NOT TRUE`;
  }
  if (left.form === right.form && !FINER.has(left.form)) return sql`${left.sql} ${by} ${right.sql}`;
  const [a, b] = [comparable(left, query), comparable(right, query)];
  return sql`${a} ${by} ${b}`;
}

const FINER: ReadonlySet<Form> = new Set<Form>(["timestamptz", "timestamp"]);

function isText({ form }: Scalar): boolean {
  return form === "text" || form === "address";
}

function comparable(scalar: Scalar, query: Query): Sql {
  if (scalar.form === "units") return sql`${query.dialect.widen(scalar.sql)}`;
  if (scalar.form === "numeric") return sql`(${scalar.sql} * 10000)`;
  if (scalar.form === "boolean" || scalar.form === "inet") return scalar.sql;
  return widen(scalar, query).sql;
}

/** One of several literals of the scalar's own kind. */
export function among(scalar: Scalar, literals: readonly Literal[], query: Query): Sql {
  const { dialect } = query;
  const { sql: column, form } = scalar;
  const texts = literals.flatMap((literal) => {
    if (literal.type === "Entity") return [literal.id];
    return literal.type === "String" || literal.type === "Long" ? [literal.value] : [];
  });
  if (texts.length === literals.length) {
    switch (form) {
      case "integer":
        return someOf(texts.filter(isIntegerId), (some) => dialect.integersIn(column, some));
      case "uuid":
        return someOf(texts.filter(isUuid), (some) => dialect.uuidsIn(column, some));
      case "text":
        return someOf(texts.filter(dialect.isStorable), (some) => dialect.textIn(scalar, some));
    }
  }
  return anyOf(literals.map((literal) => compareLiteral("==", scalar, literal, query)));
}

function someOf(values: readonly string[], render: (values: readonly string[]) => Sql): Sql {
  return values.length === 0 ? FALSE : render(values);
}

export function isPresent(scalar: Scalar): Sql {
  return sql`${scalar.sql} IS NOT NULL`;
}
