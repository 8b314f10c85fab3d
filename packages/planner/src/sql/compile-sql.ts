import { type EntityMapping, isTable } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import type { Predicate, RowPredicate } from "../predicate/index.js";
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
  /** Types whose entities and hierarchy are known without the database; the predicate already counts with them. */
  readonly isStatic?: ((type: string) => boolean) | undefined;
}

/** A boolean expression for `WHERE`, with its parameters. */
export interface SqlFilter {
  readonly sql: string;
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
  return render(predicateSql(predicate.condition, query), query.dialect, options.firstParameter ?? 1);
}

/** What `planResidual` checks predicates with: it throws for what this database can't be asked. */
export function checkFor(resourceType: string, options: SqlOptions): (predicate: Predicate) => void {
  const all = { ...options, mappings: [...options.mappings] };
  return (predicate) => void predicateSql(predicate, queryFor(resourceType, all));
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

function predicateSql(predicate: Predicate, query: Query): Sql {
  switch (predicate.kind) {
    case "always":
    case "unexpressed":
      return TRUE;
    case "never":
      return FALSE;
    case "and":
      return allOf(predicate.operands.map((operand) => predicateSql(operand, query)));
    case "or":
      return anyOf(predicate.operands.map((operand) => predicateSql(operand, query)));
    default:
      return atomSql(predicate, query);
  }
}

function render(fragment: Sql, dialect: Dialect, first: number): SqlFilter {
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
