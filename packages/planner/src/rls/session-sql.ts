import type { SchemaType } from "@cordon/engine";
import type { EntityMapping, TableMapping } from "../mapping/index.js";
import { entityTypeOf, kindOf, type Term } from "../predicate/index.js";
import { scalarOf } from "../sql/computed.js";
import { allOf, joinSql, raw, type Sql, sql } from "../sql/fragment.js";
import { ofSession } from "../sql/hierarchy.js";
import { POSTGRES } from "../sql/postgres.js";
import { Query, Scope, type Session } from "../sql/query.js";
import type { Form, Scalar } from "../sql/scalar.js";
import { lineageQuery, type StaticParents } from "./lineage.js";
import { FORM_TYPES, type Lookups } from "./lookups.js";
import { written } from "./sql-text.js";

/** What all conditions of one installation share. */
export interface RlsWorld {
  readonly mappings: ReadonlyMap<string, EntityMapping>;
  readonly lookups: Lookups;
  /** Types whose entities are in the project's files and in no table. */
  isStatic(type: string): boolean;
  readonly staticParents: StaticParents;
}

/** A query about a row of a table, within policies or within the functions that they call. */
export function rlsQuery(
  world: RlsWorld,
  row: { alias: string; mapping: TableMapping },
  inside: boolean,
): Query {
  return new Query(POSTGRES, world.mappings, row, world.isStatic, new SessionSql(world, row.mapping, inside));
}

/** Who asks, as the session's functions tell. Each is called once for a query, and not once for each row. */
class SessionSql implements Session {
  readonly #world: RlsWorld;
  readonly #mapping: TableMapping;
  /** Whether this is within a function that looks something up, which can read tables itself. */
  readonly #inside: boolean;

  constructor(world: RlsWorld, mapping: TableMapping, inside: boolean) {
    this.#world = world;
    this.#mapping = mapping;
    this.#inside = inside;
  }

  get principal(): Scalar {
    const typed = { integer: this.#once("principal_integer"), uuid: this.#once("principal_uuid") };
    return { sql: this.#once("principal"), form: "text", conditions: [], exact: true, typed };
  }

  get context(): Sql {
    return this.#once("context");
  }

  member(name: string, type: SchemaType): Scalar | undefined {
    if (type.type !== "Extension") return undefined;
    const scalar = (value: Sql, form: Form): Scalar => ({ sql: value, form, conditions: [], exact: false });
    // The time is the database's own: no session can set it.
    if (name === "now" && type.name === "datetime")
      return scalar(raw("statement_timestamp()"), "timestamptz");
    return undefined;
  }

  lookup(term: Term): Scalar | undefined {
    if (this.#inside || term.kind === "session" || !ofSession(term)) return undefined;
    const query = this.#insideQuery();
    const scope = new Scope(query);
    const scalar = scalarOf(term, scope);
    if (scope.joins.length === 0) return undefined;
    const from = joinSql(
      scope.joins.map((join) => join.from),
      ", ",
    );
    const where = allOf([...scope.joins.map((join) => join.on), ...scalar.conditions]);
    const name = this.#world.lookups.define(purposeOf(term), {
      returns: FORM_TYPES[scalar.form],
      query: written(sql`SELECT ${scalar.sql} FROM ${from} WHERE ${where}`),
      tables: query.tables,
    });
    return { sql: raw(`(SELECT ${name}())`), form: scalar.form, conditions: [], exact: true };
  }

  lineage(member: Term, type: string, form: Form): Sql {
    const query = this.#insideQuery();
    const text = lineageQuery(query, member, { type, form }, this.#world.staticParents);
    const returns = `${FORM_TYPES[form]}[]`;
    const name = this.#world.lookups.define(`${purposeOf(member)} in ${type}`, {
      returns,
      query: text,
      tables: query.tables,
    });
    const collation = form === "text" ? ' COLLATE pg_catalog."default"' : "";
    return raw(`((SELECT ${name}())::${returns}${collation})`);
  }

  #insideQuery(): Query {
    return rlsQuery(this.#world, { alias: '"r"', mapping: this.#mapping }, true);
  }

  #once(name: string): Sql {
    return raw(`(SELECT ${this.#world.lookups.named(name)}())`);
  }
}

/** A name that says what is looked up. */
function purposeOf(term: Term): string {
  switch (term.kind) {
    case "session":
      return term.variable;
    case "attribute":
      return `${purposeOf(term.of)} ${term.name}`;
    default:
      return entityTypeOf(kindOf(term)) ?? "tag";
  }
}
