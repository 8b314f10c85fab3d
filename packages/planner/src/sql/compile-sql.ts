import { type EntityMapping, isTable } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import { type Atom, describePredicate, type Predicate, type RowPredicate } from "../predicate/index.js";
import { isServed } from "./alternatives.js";
import { atomSql } from "./atoms.js";
import type { Dialect, DialectName } from "./dialect.js";
import { allOf, anyOf, FALSE, type ParameterValue, type Sql, TRUE } from "./fragment.js";
import { MYSQL } from "./mysql.js";
import { POSTGRES } from "./postgres.js";
import { Query } from "./query.js";
import { SQLITE } from "./sqlite.js";

export interface SqlOptions {
  readonly dialect: DialectName;
  readonly mappings: Iterable<EntityMapping>;
  /** The name that the row's table goes by in the query; by default, the table's own. */
  readonly alias?: string | undefined;
  /** Number of the first parameter, for PostgreSQL: 1. */
  readonly firstParameter?: number | undefined;
  /** Let through what the database can't be asked, instead of refusing: see `exact` of the filter. */
  readonly approximate?: boolean | undefined;
  /** Types whose entities and hierarchy are known without the database; the predicate already counts with them. */
  readonly isStatic?: ((type: string) => boolean) | undefined;
}

/** A boolean expression for `WHERE`, with its parameters. */
export interface SqlFilter {
  readonly sql: string;
  /** False: it lets rows through that the predicate doesn't; each row must be decided before it counts. */
  readonly exact: boolean;
  readonly parameters: readonly ParameterValue[];
  /** The same for query builders that number parameters themselves: what is no text is a parameter. */
  readonly chunks: readonly (string | { readonly parameter: ParameterValue })[];
}

const DIALECTS: Readonly<Record<DialectName, Dialect>> = { postgres: POSTGRES, mysql: MYSQL, sqlite: SQLITE };

export const DIALECT_NAMES = Object.keys(DIALECTS) as readonly DialectName[];

/**
 * Compiles a predicate to SQL that is true for a row exactly where the predicate is. Elsewhere it is false or
 * NULL: negate it as `(…) IS NOT TRUE`.
 *
 * @throws PlanError for what the mapping or the database can't express
 */
export function compileSql(predicate: RowPredicate, options: SqlOptions): SqlFilter {
  const query = queryFor(predicate.resourceType, options);
  const compiler = new PredicateCompiler(query, options.approximate === true);
  const { sql, ...rest } = render(
    compiler.compile(predicate.condition),
    query.dialect,
    options.firstParameter ?? 1,
  );
  return { sql, exact: !compiler.isOpen, ...rest };
}

/** What `planResidual` checks predicates with: it throws for what this database can't be asked. */
export function checkFor(resourceType: string, options: SqlOptions): (predicate: Predicate) => void {
  const all = { ...options, mappings: [...options.mappings] };
  return (predicate) => void new PredicateCompiler(queryFor(resourceType, all), false).compile(predicate);
}

function queryFor(resourceType: string, options: SqlOptions): Query {
  const mappings = new Map([...options.mappings].map((mapping) => [mapping.type, mapping]));
  const dialect = DIALECTS[options.dialect];
  const mapping = mappings.get(resourceType);
  if (mapping === undefined || !isTable(mapping)) {
    throw new PlanError(
      "not_mapped",
      `the mapping doesn't say in which table entities of type ${resourceType} are`,
      {
        help: `add \`${resourceType}\`, with a table, to the mapping`,
      },
    );
  }
  const name = options.alias ?? mapping.table.split(".").at(-1) ?? "";
  const isStatic = options.isStatic ?? (() => false);
  return new Query(dialect, mappings, { alias: dialect.quote(name), mapping }, isStatic);
}

class PredicateCompiler {
  readonly #query: Query;
  readonly #approximate: boolean;
  /** Whether something was let through that can't be asked. */
  isOpen = false;

  constructor(query: Query, approximate: boolean) {
    this.#query = query;
    this.#approximate = approximate;
  }

  /** @param served whether it stands among alternatives that indexes can serve together */
  compile(predicate: Predicate, served = false): Sql {
    switch (predicate.kind) {
      case "always":
        return TRUE;
      case "never":
        return FALSE;
      case "unexpressed":
        this.isOpen = true;
        return TRUE;
      case "and":
        return allOf(predicate.operands.map((operand) => this.compile(operand, served)));
      case "or":
        return anyOf(this.#alternatives(predicate.operands));
      default:
        return this.#atom(predicate, served);
    }
  }

  #alternatives(operands: readonly Predicate[]): Sql[] {
    const query = this.#query;
    const served =
      query.dialect.isAmongSelected !== undefined && operands.every((operand) => isServed(operand, query));
    return operands.map((operand) => this.compile(operand, served));
  }

  /** Nothing is ever negated from outside, so that one part which is true too often makes the whole true too often. */
  #atom(atom: Atom, served: boolean): Sql {
    try {
      return atomSql(atom, this.#query, served);
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
      if (this.#approximate) {
        this.isOpen = true;
        return TRUE;
      }
      throw new PlanError(error.code, error.message, { help: error.help, clause: describePredicate(atom) });
    }
  }
}

function render(fragment: Sql, dialect: Dialect, first: number): Omit<SqlFilter, "exact"> {
  const parameters: ParameterValue[] = [];
  const chunks: (string | { parameter: ParameterValue })[] = [];
  let text = "";
  let open = "";
  for (const part of fragment.parts) {
    if (typeof part === "string") {
      text += part;
      open += part;
      continue;
    }
    const [before, after] = dialect.around(part.type);
    text += before + dialect.placeholder(first + parameters.length) + after;
    parameters.push(part.value);
    chunks.push(open + before, { parameter: part.value });
    open = after;
  }
  chunks.push(open);
  return { sql: text, parameters, chunks };
}
