import { isEntityTypeName } from "@cordon/engine";
import type { ParentMapping } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import { allOf, joinSql, raw, type Sql, sql } from "./fragment.js";
import type { Query, Row } from "./query.js";
import { idOf, referenceIn, sameIds } from "./resolve.js";
import type { Scalar } from "./scalar.js";

/** Types whose entities may be below one another to any depth, and what is looked for above them. */
export interface Recursion {
  readonly cycle: ReadonlySet<string>;
  parentsOf(type: string): readonly ParentMapping[];
  /** Whether the id itself is looked for. */
  matches(id: Scalar, type: string): Sql;
  /** Whether a parent outside of the cycle is, or is below, what is looked for. */
  above(id: Scalar, type: string): Sql;
}

/** One way from children to parents: rows that name both. */
interface Edge {
  readonly type: string;
  readonly parentType: string;
  readonly from: Sql;
  readonly child: Scalar;
  readonly parent: Scalar;
}

/**
 * Whether an id is among the entities of the cycle that are below what is looked for. They are collected from the
 * top down, once for the query and not once for each row.
 */
export function recursiveMembers(query: Query, id: Scalar, type: string, recursion: Recursion): Sql {
  const seeds = edgesOf(query, recursion).map((edge) => seedOf(edge, recursion));
  const inner = edgesOf(query, recursion).filter((edge) => recursion.cycle.has(edge.parentType));
  const only = recursion.cycle.size === 1;
  const forms = new Set([...inner.flatMap(({ child, parent }) => [child.form, parent.form]), id.form]);
  // Ids that are stored alike are compared as they are; otherwise all as text, with their type where there are several.
  const form = only && forms.size === 1 ? id.form : "text";
  const found = query.newAlias();
  const collected: Scalar = { sql: sql`${found}.i`, form, conditions: [], exact: false };
  const steps = inner.map(({ type: childType, parentType, from, child, parent }) => {
    const columns = [
      sql`${textUnless(form, child, query)} AS i`,
      sql`${textUnless(form, parent, query)} AS p`,
    ];
    const types = only ? [] : [sql`${typeName(childType)} AS t`, sql`${typeName(parentType)} AS pt`];
    return sql`SELECT ${joinSql([...columns, ...types], ", ")} FROM ${from}`;
  });
  const edges = query.newAlias();
  const same = sql`${collect(sql`${edges}.p`, form, query)} = ${collected.sql}`;
  const step = sql`SELECT ${collect(sql`${edges}.i`, form, query)}${only ? NOTHING : sql`, ${edges}.t`} FROM (${joinSql(steps, " UNION ALL ")}) ${edges} JOIN ${found} ON ${only ? same : allOf([same, sql`${edges}.pt = ${found}.t`])}`;
  const starts = seeds.map(({ edge, where }) => {
    const child = collect(textUnless(form, edge.child, query), form, query);
    return sql`SELECT ${child}${only ? NOTHING : sql`, ${typeName(edge.type)}`} FROM ${edge.from} WHERE ${where}`;
  });
  const own = collect(textUnless(form, id, query), form, query);
  const columns = raw(only ? "(i)" : "(i, t)");
  const chosen = only ? NOTHING : sql` WHERE ${found}.t = ${typeName(type)}`;
  return sql`${own} IN (WITH RECURSIVE ${found}${columns} AS (${joinSql(starts, " UNION ")} UNION ${step}) SELECT ${collected.sql} FROM ${found}${chosen})`;
}

const NOTHING = raw("");

function typeName(type: string): Sql {
  // As a constant, which needs no type of its own: the name of an entity type has neither quotes nor backslashes.
  if (isEntityTypeName(type)) return raw(`'${type}'`);
  throw new PlanError("mapping_invalid", `\`${type}\` is not the name of an entity type`);
}

function textUnless(form: Scalar["form"], id: Scalar, { dialect }: Query): Sql {
  return form !== "text" || id.form === "text" ? id.sql : dialect.asText(id);
}

function collect(id: Sql, form: Scalar["form"], { dialect }: Query): Sql {
  return form === "text" ? dialect.collectedText(id) : id;
}

function seedOf(edge: Edge, recursion: Recursion): { edge: Edge; where: Sql } {
  const where = recursion.cycle.has(edge.parentType)
    ? recursion.matches(edge.parent, edge.parentType)
    : recursion.above(edge.parent, edge.parentType);
  return { edge, where };
}

function edgesOf(query: Query, { cycle, parentsOf }: Recursion): Edge[] {
  return [...cycle].flatMap((type) => {
    const mapping = query.tableOf(type);
    return parentsOf(type).map((parent): Edge => {
      const row: Row = { alias: query.newAlias(), mapping };
      const rows = sql`${query.table(mapping.table)} ${row.alias}`;
      const edge = { type, parentType: parent.type };
      if ("column" in parent) {
        const column = referenceIn(query, query.column(row, parent.column), parent.type, parent);
        return { ...edge, from: rows, child: idOf(query, row), parent: column };
      }
      const link: Row = { alias: query.newAlias(), mapping };
      const child: Scalar = { ...idOf(query, row), sql: query.column(link, parent.child) };
      return {
        ...edge,
        from: sql`${query.table(parent.table)} ${link.alias} JOIN ${rows} ON ${sameIds(query, idOf(query, row), child)}`,
        child,
        parent: referenceIn(query, query.column(link, parent.parent), parent.type, {}),
      };
    });
  });
}
