import type { SchemaType } from "@cordon/engine";
import { type EntityMapping, isTable, type TableMapping } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import type { Term } from "../predicate/index.js";
import { termKey } from "../predicate/index.js";
import type { Dialect } from "./dialect.js";
import { raw, type Sql } from "./fragment.js";
import type { Form, Scalar } from "./scalar.js";

/** One row of a table, by the name that the query has for it. */
export interface Row {
  readonly alias: Sql;
  readonly mapping: TableMapping;
}

/** How sessions of the database know who asks: what row-level security is about. */
export interface Session {
  /** The principal's id. */
  readonly principal: Scalar;
  /** The context as a JSON object. */
  readonly context: Sql;
  /** A member of the context that JSON holds as something else; undefined for others. */
  member(name: string, type: SchemaType): Scalar | undefined;
  /** What depends on the session alone, as a value that is looked up once; undefined where it is to be looked up here. */
  lookup(term: Term): Scalar | undefined;
  /** The ids of an entity of the session and of all that it is in, of one type: an array of a form. */
  lineage(member: Term, type: string, form: Form): Sql;
}

/** What is the same in all of one filter. */
export class Query {
  readonly dialect: Dialect;
  readonly row: Row;
  readonly #mappings: ReadonlyMap<string, EntityMapping>;
  readonly #isStatic: (type: string) => boolean;
  readonly #prefix: string;
  /** Of conditions on more than the row. */
  readonly session: Session | undefined;
  #aliases = 0;
  /** Whether it speaks of the row, and of which tables it reads. */
  readsRow = false;
  readonly tables = new Set<string>();

  constructor(
    dialect: Dialect,
    mappings: ReadonlyMap<string, EntityMapping>,
    row: { readonly alias: string; readonly mapping: TableMapping },
    isStatic: (type: string) => boolean,
    session?: Session,
  ) {
    this.session = session;
    this.dialect = dialect;
    this.#mappings = mappings;
    this.#isStatic = isStatic;
    this.row = { alias: raw(row.alias), mapping: row.mapping };
    // Within a subquery its own names come first: none may be that of the row.
    this.#prefix = row.alias.toLowerCase().includes("c_") ? "d_" : "c_";
  }

  newAlias(): Sql {
    this.#aliases += 1;
    return raw(`${this.#prefix}${this.#aliases}`);
  }

  name(name: string): Sql {
    return raw(this.dialect.quote(name));
  }

  table(name: string): Sql {
    this.tables.add(name);
    return raw(
      name
        .split(".")
        .map((part) => this.dialect.quote(part))
        .join("."),
    );
  }

  column(row: Row, name: string): Sql {
    if (row.alias === this.row.alias) this.readsRow = true;
    return raw(`${row.alias.parts.join("")}.${this.dialect.quote(name)}`);
  }

  /** Undefined for entities that are in no table of this database. */
  mappingOf(type: string): TableMapping | undefined {
    const mapping = this.#mappings.get(type);
    if (mapping === undefined || isTable(mapping)) return mapping;
    throw new PlanError("not_mapped", `entities of type ${type} are read by a query, not from a table`, {
      help: "map the type to a table or view",
    });
  }

  /** Whether what is above and below entities of the type is known without the database. */
  isStatic(type: string): boolean {
    return this.#isStatic(type);
  }

  /** @throws PlanError `not_mapped` */
  tableOf(type: string): TableMapping {
    const mapping = this.mappingOf(type);
    if (mapping !== undefined) return mapping;
    throw new PlanError("not_mapped", `the mapping doesn't say in which table entities of type ${type} are`, {
      help: `add \`${type}\` to the mapping`,
    });
  }
}

/** One atom: the related rows that its terms are of, each joined once. */
export class Scope {
  readonly query: Query;
  readonly joins: { readonly from: Sql; readonly on: Sql }[] = [];
  readonly #rows = new Map<string, Row>();

  constructor(query: Query) {
    this.query = query;
  }

  joined(term: Term, join: () => { row: Row; from: Sql; on: Sql }): Row {
    const key = termKey(term);
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const { row, from, on } = join();
    this.joins.push({ from, on });
    this.#rows.set(key, row);
    return row;
  }
}
