import { PlanError } from "../plan-error.js";
import { type Atom, entityTypeOf, kindOf, type Literal, type Term } from "../predicate/index.js";
import { linkOf } from "./alternatives.js";
import { among, compareLiteral, compareScalars, isPresent } from "./comparisons.js";
import { scalarOf } from "./computed.js";
import { allOf, anyOf, bound, FALSE, joinSql, raw, type Sql, sql, TRUE } from "./fragment.js";
import { within } from "./hierarchy.js";
import { type Query, type Row, Scope } from "./query.js";
import { idOf, resolve } from "./resolve.js";
import type { Scalar } from "./scalar.js";
import {
  containsAllOf,
  containsEvery,
  containsSome,
  containsTerm,
  intersects,
  isEmptySet,
  isSubsetOf,
  type StoredSet,
  setOf,
} from "./sets.js";

/** A relation between terms, and what must be true for the terms to have values. */
interface Relation {
  readonly present: readonly Sql[];
  readonly holds: Sql;
}

/**
 * SQL that is true exactly where the atom is; elsewhere it is false or NULL.
 *
 * @param served whether it is one of several alternatives that indexes can serve together
 */
export function atomSql(atom: Atom, query: Query, served = false): Sql {
  if (atom.kind === "absent") return absence(atom.term, query);
  const link = served ? linkOf(atom) : undefined;
  const selected = link === undefined ? undefined : throughIds(atom, link, query);
  if (selected !== undefined) return selected;
  const scope = new Scope(query);
  return throughJoins(conditionOf(atom, scope), scope);
}

/** The related entities are found first, by the condition, and then the rows that refer to them. */
function throughIds(atom: Exclude<Atom, { kind: "absent" }>, link: Term, query: Query): Sql | undefined {
  const { dialect } = query;
  const scope = new Scope(query);
  const reference = scalarOf(link, scope);
  const mapping = query.tableOf(entityTypeOf(kindOf(link)) ?? "");
  const row: Row = { alias: query.newAlias(), mapping };
  const id = idOf(query, row);
  if (dialect.isAmongSelected === undefined || reference.form !== id.form) return undefined;
  // The condition speaks of the row through the link alone, so that it is nothing that the subquery depends on.
  scope.joined(link, () => ({ row, from: sql`${query.table(mapping.table)} ${row.alias}`, on: TRUE }));
  const condition = conditionOf(atom, scope);
  const from = joinSql(
    scope.joins.map((join) => join.from),
    ", ",
  );
  const where = allOf([...scope.joins.slice(1).map(({ on }) => on), condition]);
  const isText = id.form === "text";
  const key = isText ? dialect.textKey(id.sql, "other") : id.sql;
  const own = isText ? dialect.textKey(reference.sql, "own") : reference.sql;
  return dialect.isAmongSelected(own, sql`SELECT ${key} FROM ${from} WHERE ${where}`);
}

/** What is not true of a NULL is true of nothing: only here is the absence of a value looked for. */
function absence(term: Term, query: Query): Sql {
  const scope = new Scope(query);
  const present = throughJoins(allOf(presence(term, scope)), scope);
  return sql`(${present}) IS NOT TRUE`;
}

/** Related rows are looked up by their ids, so that there is one or none. */
function throughJoins(condition: Sql, { joins, query }: Scope): Sql {
  if (joins.length === 0) return condition;
  const from = joins.map((join) => join.from);
  const where = allOf([...query.dialect.correlated, ...joins.map((join) => join.on), condition]);
  return sql`EXISTS (SELECT 1 FROM ${joinSql(from, ", ")} WHERE ${where})`;
}

function conditionOf(atom: Exclude<Atom, { kind: "absent" }>, scope: Scope): Sql {
  if (atom.kind === "defined") return allOf(presence(atom.term, scope));
  if (atom.kind === "compare") return comparison(atom, scope);
  const { present, holds } = relationOf(atom, scope);
  if (!atom.negated) return allOf([...present, holds]);
  return allOf([...present, sql`(${holds}) IS NOT TRUE`]);
}

function comparison(atom: Atom & { kind: "compare" }, scope: Scope): Sql {
  const { operator, right } = atom;
  const left = scalarOf(atom.left, scope);
  if (right.kind === "literal") {
    const holds = compareLiteral(operator, left, right.value, scope.query);
    // A value that no column of the type should have equals none that Cedar knows.
    return operator === "==" && !isComputed(atom.left) ? holds : allOf([...left.conditions, holds]);
  }
  const other = scalarOf(right, scope);
  const present = operator === "!=" ? [isPresent(left), isPresent(other)] : [];
  return allOf([
    ...left.conditions,
    ...other.conditions,
    ...present,
    compareScalars(operator, left, other, scope.query),
  ]);
}

function isComputed({ kind }: Term): boolean {
  return kind === "arithmetic" || kind === "call";
}

function relationOf(atom: Exclude<Atom, { kind: "absent" | "defined" | "compare" }>, scope: Scope): Relation {
  switch (atom.kind) {
    case "among":
      return onScalar(atom.term, scope, (scalar) => among(scalar, atom.values, scope.query));
    case "like":
      return onScalar(atom.term, scope, (scalar) => like(scalar, atom.pattern, scope.query));
    case "inRange":
      return inRange(atom.address, atom.range, scope);
    case "isIpv4":
      return onScalar(atom.address, scope, (scalar) => isIpv4(scalar, scope.query));
    case "within":
      return membership(atom, scope);
    case "contains": {
      const set = setOf(atom.set, scope);
      const present = atom.element.kind === "literal" ? [] : presence(atom.element, scope);
      return { present: [...setPresence(set), ...present], holds: containsTerm(set, atom.element, scope) };
    }
    case "isEmpty": {
      const set = setOf(atom.set, scope);
      return { present: setPresence(set), holds: isEmptySet(set) };
    }
    case "containsAll":
    case "containsAny":
      return setRelation(atom, scope);
  }
}

function setRelation(atom: Atom & { kind: "containsAll" | "containsAny" }, scope: Scope): Relation {
  const { left, right } = atom;
  const every = atom.kind === "containsAll";
  if (right.kind === "literal") {
    const set = setOf(left, scope);
    const elements = elementsOf(right.value);
    const holds = every ? containsEvery(set, elements, scope) : containsSome(set, elements, scope);
    return { present: setPresence(set), holds };
  }
  const set = setOf(right, scope);
  if (left.kind === "literal") {
    const elements = elementsOf(left.value);
    const holds = every ? isSubsetOf(set, elements, scope) : containsSome(set, elements, scope);
    return { present: setPresence(set), holds };
  }
  const other = setOf(left, scope);
  const holds = every ? containsAllOf(other, set, scope) : intersects(other, set, scope);
  return { present: [...setPresence(other), ...setPresence(set)], holds };
}

function elementsOf(literal: Literal): readonly Literal[] {
  if (literal.type === "Set") return literal.elements;
  throw new PlanError("predicate_invalid", "expected a set");
}

function membership(atom: Atom & { kind: "within" }, scope: Scope): Relation {
  const of = "kind" in atom.of ? presence(atom.of, scope) : [];
  return { present: [...presence(atom.member, scope), ...of], holds: within(atom, scope) };
}

function inRange(address: Term, range: Term, scope: Scope): Relation {
  const { dialect } = scope.query;
  const [a, b] = [address, range].map((term) => inetOf(term, scope));
  if (a === undefined || b === undefined) throw new PlanError("predicate_invalid", "expected addresses");
  return {
    present: [...a.conditions, isPresent(a), ...b.conditions, isPresent(b)],
    holds: dialect.isInRange(a.sql, b.sql),
  };
}

function inetOf(term: Term, scope: Scope): Scalar {
  const scalar: Scalar =
    term.kind === "literal" && term.value.type === "ipaddr"
      ? { sql: bound("inet", term.value.value), form: "inet", conditions: [], exact: false }
      : scalarOf(term, scope);
  if (scalar.form === "inet" && scope.query.dialect.forms.has("inet")) return scalar;
  throw new PlanError(
    "not_expressible",
    "a range of addresses is asked of addresses that are stored as text",
    {
      help: "PostgreSQL's `inet` columns can be asked",
    },
  );
}

function isIpv4({ sql: address, form }: Scalar, { dialect }: Query): Sql {
  return form === "inet" ? dialect.isIpv4(address) : sql`${address} NOT LIKE ${raw("'%:%'")}`;
}

function like(scalar: Scalar, pattern: readonly string[], { dialect }: Query): Sql {
  if (pattern.some((piece) => /\p{Surrogate}/u.test(piece))) {
    throw new PlanError("not_expressible", "a pattern has half a surrogate pair in it");
  }
  return pattern.every((piece) => dialect.isStorable(piece)) ? dialect.like(scalar.sql, pattern) : FALSE;
}

function onScalar(term: Term, scope: Scope, holds: (scalar: Scalar) => Sql): Relation {
  const scalar = scalarOf(term, scope);
  return { present: [...scalar.conditions, isPresent(scalar)], holds: holds(scalar) };
}

/** The conditions under which a term has a value. */
function presence(term: Term, scope: Scope): readonly Sql[] {
  if (term.kind === "row" || term.kind === "literal") return [];
  if (term.kind === "arithmetic" || term.kind === "call") return scalarPresence(scalarOf(term, scope));
  if (kindOf(term) === "Set") return setPresence(setOf(term, scope));
  const resolved = resolve(term, scope);
  switch (resolved.kind) {
    case "columns":
      return [membersPresence(resolved.row, resolved.members, scope.query)];
    case "json":
      if (resolved.type.type === "Record") {
        return [...resolved.conditions, scope.query.dialect.isJson(resolved.value, "object")];
      }
      return scalarPresence(scalarOf(term, scope));
    default:
      return scalarPresence(scalarOf(term, scope));
  }
}

function scalarPresence(scalar: Scalar): readonly Sql[] {
  return [...scalar.conditions, isPresent(scalar)];
}

function setPresence({ resolved, conditions }: StoredSet): readonly Sql[] {
  if (resolved.kind === "table") return conditions;
  const value = resolved.kind === "array" ? resolved.column : resolved.value;
  return [sql`${value} IS NOT NULL`, ...conditions];
}

/** A record in columns is there where any of them has a value. */
function membersPresence(row: Row, members: Readonly<Record<string, { column: string }>>, query: Query): Sql {
  const present = Object.values(members).map(({ column }) => sql`${query.column(row, column)} IS NOT NULL`);
  return anyOf(present);
}
