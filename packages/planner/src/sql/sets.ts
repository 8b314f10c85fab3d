import type { SchemaType } from "@cordon/engine";
import { PlanError } from "../plan-error.js";
import type { Literal, Term } from "../predicate/index.js";
import { among, compareLiteral, compareScalars } from "./comparisons.js";
import { scalarOf } from "./computed.js";
import { allOf, anyOf, bound, joinSql, raw, type Sql, sql, TRUE } from "./fragment.js";
import type { Scope } from "./query.js";
import { formOfElement, idOf, jsonKindOf, type Resolved, referenceIn, resolve, sameIds } from "./resolve.js";
import type { Form, Scalar } from "./scalar.js";

/** The elements of a set as rows of a subquery. */
interface Elements {
  readonly from: Sql;
  readonly where: readonly Sql[];
  readonly value: Scalar;
}

/** A set in the database. */
export interface StoredSet {
  readonly resolved: Resolved & { kind: "array" | "json" | "table" };
  /** What must be true for it to be a set: nothing, for one that is never absent. */
  readonly conditions: readonly Sql[];
  readonly elements: () => Elements;
}

/** @throws PlanError for what isn't one */
export function setOf(term: Term, scope: Scope): StoredSet {
  const resolved = resolve(term, scope);
  const type = term.kind === "attribute" || term.kind === "tag" ? term.type : undefined;
  if (type?.type !== "Set") throw new PlanError("not_expressible", "it isn't a set in the database");
  switch (resolved.kind) {
    case "array":
      return {
        resolved,
        conditions: [properArray(resolved.column)],
        elements: () => unnested(resolved, scope),
      };
    case "json": {
      const elements = () => jsonElements(resolved.value, type.element, scope);
      return {
        resolved,
        conditions: [...resolved.conditions, properList(resolved.value, type.element, scope)],
        elements,
      };
    }
    case "table":
      return { resolved, conditions: [], elements: () => tableElements(resolved, type.element, scope) };
    default:
      throw new PlanError("not_expressible", "it isn't a set in the database");
  }
}

export function containsTerm(set: StoredSet, element: Term, scope: Scope): Sql {
  if (element.kind === "literal") return containsLiteral(set, element.value, scope);
  const other = scalarOf(element, scope);
  return exists(set.elements(), (value) => compareScalars("==", value, other, scope.query));
}

export function containsEvery(set: StoredSet, literals: readonly Literal[], scope: Scope): Sql {
  const array = arrayOf(set, literals, scope);
  if (array !== undefined) return sql`${array.column} @> ${array.wanted}`;
  return allOf(literals.map((literal) => containsLiteral(set, literal, scope)));
}

export function containsSome(set: StoredSet, literals: readonly Literal[], scope: Scope): Sql {
  const storable = literals.filter((literal) => isStorable(literal, scope));
  const array = arrayOf(set, storable, scope);
  if (array !== undefined) return sql`${array.column} && ${array.wanted}`;
  return exists(set.elements(), (value) => among(value, storable, scope.query));
}

export function isSubsetOf(set: StoredSet, literals: readonly Literal[], scope: Scope): Sql {
  const storable = literals.filter((literal) => isStorable(literal, scope));
  const array = arrayOf(set, storable, scope);
  if (array !== undefined) return sql`${array.column} <@ ${array.wanted}`;
  return sql`NOT ${exists(set.elements(), (value) => sql`NOT (${among(value, storable, scope.query)})`)}`;
}

export function containsAllOf(set: StoredSet, subset: StoredSet, scope: Scope): Sql {
  const missing = (wanted: Scalar) =>
    sql`NOT ${exists(set.elements(), (value) => compareScalars("==", value, wanted, scope.query))}`;
  return sql`NOT ${exists(subset.elements(), missing)}`;
}

export function intersects(left: StoredSet, right: StoredSet, scope: Scope): Sql {
  return exists(left.elements(), (one) =>
    exists(right.elements(), (other) => compareScalars("==", one, other, scope.query)),
  );
}

export function isEmptySet(set: StoredSet): Sql {
  return sql`NOT ${exists(set.elements(), () => TRUE)}`;
}

function containsLiteral(set: StoredSet, literal: Literal, scope: Scope): Sql {
  if (!isStorable(literal, scope)) return anyOf([]);
  const array = arrayOf(set, [literal], scope);
  if (array !== undefined) return sql`${array.column} @> ${array.wanted}`;
  return exists(set.elements(), (value) => compareLiteral("==", value, literal, scope.query));
}

/** PostgreSQL's own operators on arrays, which an index can serve. */
function arrayOf(
  set: StoredSet,
  literals: readonly Literal[],
  scope: Scope,
): { column: Sql; wanted: Sql } | undefined {
  const { resolved } = set;
  if (resolved.kind !== "array" || !literals.every((literal) => isStorable(literal, scope))) return undefined;
  const column = castArray(resolved);
  const values = literals.map((literal) =>
    "id" in literal ? literal.id : "value" in literal ? String(literal.value) : "",
  );
  if (resolved.element === "integer") return { column, wanted: bound("bigints", values) };
  if (resolved.element === "text") {
    return { column, wanted: sql`${bound("texts", values)} COLLATE pg_catalog."default"` };
  }
  const flags = literals.map((literal) =>
    scope.query.dialect.boolean(literal.type === "Boolean" && literal.value),
  );
  return { column, wanted: sql`ARRAY[${joinSql(flags, ", ")}]::boolean[]` };
}

const ARRAY_CASTS: Readonly<Partial<Record<Form, Sql>>> = {
  text: raw("::text[]"),
  integer: raw("::bigint[]"),
  boolean: raw("::boolean[]"),
};

/** Operators on arrays want the same type on both sides. */
function castArray({ column, element }: Resolved & { kind: "array" }): Sql {
  return sql`${column}${ARRAY_CASTS[element] ?? raw("")}`;
}

function isStorable(literal: Literal, { query }: Scope): boolean {
  if (literal.type === "String") return query.dialect.isStorable(literal.value);
  return literal.type !== "Entity" || query.dialect.isStorable(literal.id);
}

/** One dimension, and no NULL in it; looking for NULL in several dimensions would raise. */
function properArray(column: Sql): Sql {
  return sql`CASE WHEN coalesce(array_ndims(${column}), 1) = 1 THEN array_position(${column}, NULL) IS NULL END`;
}

function properList(value: Sql, element: SchemaType, scope: Scope): Sql {
  const { dialect } = scope.query;
  const alias = scope.query.newAlias();
  const { from, odd } = dialect.jsonElements(value, alias, jsonKindOf(element));
  return sql`(${dialect.isJson(value, "array")} AND NOT EXISTS (SELECT 1 FROM ${from} WHERE ${allOf([...dialect.correlated, odd])}))`;
}

function unnested(array: Resolved & { kind: "array" }, { query }: Scope): Elements {
  const alias = query.newAlias();
  return {
    from: sql`unnest(${castArray(array)}) AS ${alias}(v)`,
    where: query.dialect.correlated,
    value: { sql: sql`${alias}.v`, form: array.element, conditions: [], exact: false },
  };
}

function jsonElements(list: Sql, element: SchemaType, { query }: Scope): Elements {
  const { from, value } = query.dialect.jsonElements(list, query.newAlias(), jsonKindOf(element));
  return {
    from,
    where: query.dialect.correlated,
    value: { sql: value, form: formOfElement(element), conditions: [], exact: false },
  };
}

function tableElements(
  { row, mapping }: Resolved & { kind: "table" },
  element: SchemaType,
  { query }: Scope,
): Elements {
  const alias = query.newAlias();
  const own = { alias, mapping: row.mapping };
  const owner: Scalar = { ...idOf(query, row), sql: query.column(own, mapping.owner) };
  const column = query.column(own, mapping.value);
  const value: Scalar =
    element.type === "Entity"
      ? referenceIn(query, column, element.name, { as: mapping.as })
      : { sql: column, form: formOfElement(element), conditions: [], exact: false };
  return {
    from: sql`${query.table(mapping.table)} ${alias}`,
    where: [...query.dialect.correlated, sameIds(query, owner, idOf(query, row)), sql`${column} IS NOT NULL`],
    value,
  };
}

function exists({ from, where, value }: Elements, relation: (value: Scalar) => Sql): Sql {
  return sql`EXISTS (SELECT 1 FROM ${from} WHERE ${allOf([...where, relation(value)])})`;
}
