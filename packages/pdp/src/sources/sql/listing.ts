import { compileSql, type EntityMapping, type SqlFilter, type TableMapping } from "@cordon/planner";
import type { IdStorage } from "@cordon/planner/mapping";
import type { ListRequest } from "../source.js";
import type { Dialect } from "./dialects/index.js";
import type { Statement } from "./driver.js";

/** What lists entities of one type, and whether each of them is wanted. */
export interface ListStatement extends Statement {
  readonly filtered: boolean;
}

const ENTITY = "e";

/**
 * The next ids of a table, by an order in which no two are equal whatever the collation, so that none is met twice
 * or passed over. Where the database can be asked it is the order of the index on the id.
 *
 * @param mappings of the whole database: a filter may lead from table to table
 */
export function listStatement(
  dialect: Dialect,
  mapping: TableMapping,
  mappings: readonly EntityMapping[],
  { after, limit, filter }: ListRequest,
): ListStatement {
  const id = `${ENTITY}.${dialect.quote(mapping.id)}`;
  const order = orderOf(dialect, mapping, id);
  const compiled: SqlFilter | undefined =
    filter &&
    compileSql(filter.predicate, {
      dialect: dialect.name,
      mappings,
      alias: ENTITY,
      approximate: true,
      isStatic: (type) => filter.isStatic(type),
    });
  const values: unknown[] = [...(compiled?.parameters ?? [])];
  const conditions = compiled === undefined ? [] : [`(${compiled.sql})`];
  if (after !== null) {
    values.push(after);
    conditions.push(order.after(`${dialect.name === "postgres" ? `$${values.length}` : "?"}`));
  }
  const table = mapping.table.split(".").map(dialect.quote).join(".");
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  return {
    sql: `SELECT ${dialect.asText(id)} FROM ${table} ${ENTITY}${where} ORDER BY ${order.by} LIMIT ${limit}`,
    values,
    // Filters differ from principal to principal: there is no end to their statements.
    passing: true,
    filtered: compiled?.exact === true,
  };
}

interface Order {
  readonly by: string;
  /** @param parameter an id; used once */
  after(parameter: string): string;
}

function orderOf({ name }: Dialect, { idAs = "text", idExact = false }: TableMapping, id: string): Order {
  if (name === "postgres") return postgresOrder(id, idAs);
  const simple = (key: string, parameter: (text: string) => string): Order => ({
    by: key,
    after: (given) => `${key} > ${parameter(given)}`,
  });
  if (idAs === "integer") {
    return simple(id, (given) => `CAST(${given} AS ${name === "mysql" ? "SIGNED" : "INTEGER"})`);
  }
  if (name === "sqlite") return simple(`CAST(${id} AS TEXT) COLLATE BINARY`, (given) => given);
  if (idExact) return simple(id, (given) => given);
  return simple(bytesOf(id), bytesOf);
}

function postgresOrder(id: string, as: IdStorage): Order {
  if (as !== "text") {
    const type = as === "integer" ? "bigint" : "uuid";
    return { by: id, after: (given) => `${id} > ${given}::${type}` };
  }
  // By the column's own collation, which its index has, and then by bytes: some collations take two texts for one.
  const text = `${id}::text`;
  return {
    by: `${text}, ${text} COLLATE "C"`,
    after: (given) =>
      `${text} >= ${given}::text AND (${text} > ${given}::text OR ${text} COLLATE "C" > ${given}::text COLLATE "C")`,
  };
}

function bytesOf(expression: string): string {
  return `CAST(CONVERT(${expression} USING utf8mb4) AS BINARY)`;
}
