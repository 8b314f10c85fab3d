import type { EntityUid } from "@cordon/engine";
import { entityTypeOf, kindOf, type Term } from "../predicate/index.js";
import { scalarOf } from "../sql/computed.js";
import { joinSql, raw, type Sql, sql } from "../sql/fragment.js";
import { POSTGRES } from "../sql/postgres.js";
import { type Query, type Row, Scope } from "../sql/query.js";
import { idOf, referenceIn, sameIds } from "../sql/resolve.js";
import type { Form, Scalar } from "../sql/scalar.js";
import { TypeGraph } from "../sql/type-graph.js";
import { FORM_TYPES, typedId } from "./lookups.js";
import { literal, written } from "./sql-text.js";

/** What the project's files say entities of a type are in. */
export type StaticParents = (
  type: string,
) => Iterable<{ readonly child: EntityUid; readonly parent: EntityUid }>;

/**
 * A query for the ids of an entity of the session and of everything that it is in, of one type, from the bottom up.
 * Each step looks parents up by the child's id, as it is stored.
 */
export function lineageQuery(
  query: Query,
  member: Term,
  target: { readonly type: string; readonly form: Form },
  staticParents: StaticParents,
): string {
  const scope = new Scope(query);
  const own = asText(scalarOf(member, scope), query);
  const from =
    scope.joins.length === 0
      ? raw("")
      : sql` FROM ${joinSql(
          scope.joins.map((join) => join.from),
          ", ",
        )}`;
  const where =
    scope.joins.length === 0
      ? raw("")
      : sql` WHERE ${joinSql(
          scope.joins.map((join) => join.on),
          " AND ",
        )}`;
  const start = entityTypeOf(kindOf(member)) ?? "";
  const seed = sql`SELECT ${typeName(start)}, ${own}${from}${where}`;
  const steps = reachable(query, start, target.type, staticParents).flatMap((type) =>
    stepsFrom(type, query, target.type, staticParents),
  );
  const step =
    steps.length === 0
      ? raw("")
      : sql` UNION SELECT up_e.t, up_e.i FROM up CROSS JOIN LATERAL (${joinSql(steps, " UNION ALL ")}) up_e(t, i)`;
  const type = FORM_TYPES[target.form];
  return `WITH RECURSIVE up(t, i) AS (${written(seed)}${written(step)}) SELECT coalesce(array_agg(found.i) FILTER (WHERE found.i IS NOT NULL), '{}')::${type}[] FROM (SELECT ${typedId("up.i", target.form)} AS i FROM up WHERE up.t = ${literal(target.type)}) found`;
}

function stepsFrom(type: string, query: Query, target: string, staticParents: StaticParents): Sql[] {
  const mapping = query.mappingOf(type);
  const known = staticSteps(type, query, staticParents);
  if (mapping === undefined) return known;
  const steps = new TypeGraph(query, new Set([target])).parentsOf(type).map((parent) => {
    const row: Row = { alias: query.newAlias(), mapping };
    const rows = sql`${query.table(mapping.table)} ${row.alias}`;
    if ("column" in parent) {
      const above = referenceIn(query, query.column(row, parent.column), parent.type, parent);
      return edge(type, idOf(query, row), parent.type, above, rows, query);
    }
    const link: Row = { alias: query.newAlias(), mapping };
    const child: Scalar = { ...idOf(query, row), sql: query.column(link, parent.child) };
    const above = referenceIn(query, query.column(link, parent.parent), parent.type, {});
    // An entity without a row has no parents, whatever the join table says.
    const both = sql`${query.table(parent.table)} ${link.alias} JOIN ${rows} ON ${sameIds(query, idOf(query, row), child)}`;
    return edge(type, child, parent.type, above, both, query);
  });
  return [...steps, ...known];
}

function edge(type: string, child: Scalar, parentType: string, parent: Scalar, from: Sql, query: Query): Sql {
  const below = raw(`(${typedId("up.i", child.form)})`);
  const same = child.form === "text" ? POSTGRES.textsEqual(child.sql, below) : sql`${child.sql} = ${below}`;
  return sql`SELECT ${typeName(parentType)}, ${asText(parent, query)} FROM ${from} WHERE up.t = ${typeName(type)} AND ${same} AND ${parent.sql} IS NOT NULL`;
}

function staticSteps(type: string, query: Query, staticParents: StaticParents): Sql[] {
  const rows = staticEdges(type, query, staticParents).map(({ child, parent }) => {
    const texts = [child.id, parent.type, parent.id].filter(POSTGRES.isStorable);
    return texts.length === 3 ? `(${texts.map((text) => `${literal(text)}::text`).join(", ")})` : undefined;
  });
  const stored = rows.filter((row) => row !== undefined);
  if (stored.length === 0) return [];
  return [
    sql`SELECT known.t, known.i FROM (VALUES ${raw(stored.join(", "))}) known(child, t, i) WHERE up.t = ${typeName(type)} AND known.child = up.i`,
  ];
}

/** A table that says what of a type entities are in overrules the files. */
function staticEdges(type: string, query: Query, staticParents: StaticParents) {
  const owned = new Set(query.mappingOf(type)?.parents.map((parent) => parent.type));
  return [...staticParents(type)].filter(({ parent }) => !owned.has(parent.type));
}

/** The types from which the target may be reached, from the start upwards. */
function reachable(query: Query, start: string, target: string, staticParents: StaticParents): string[] {
  const graph = new TypeGraph(query, new Set([target]));
  const seen = new Set([start]);
  for (const type of seen) {
    if (query.mappingOf(type) !== undefined)
      for (const parent of graph.parentsOf(type)) seen.add(parent.type);
    for (const { parent } of staticEdges(type, query, staticParents)) seen.add(parent.type);
  }
  return [...seen];
}

function asText(id: Scalar, query: Query): Sql {
  return query.dialect.collectedText(id.sql);
}

function typeName(type: string): Sql {
  return raw(`${literal(type)}::text`);
}
