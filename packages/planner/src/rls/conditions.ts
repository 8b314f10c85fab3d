import type { TableMapping } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import { type Atom, describePredicate, type Predicate } from "../predicate/index.js";
import { atomSql } from "../sql/atoms.js";
import { type RlsWorld, rlsQuery } from "./session-sql.js";
import { quote, written } from "./sql-text.js";

/**
 * A condition on the rows of a table as the text of a policy. Of the row itself it speaks as the table does, so
 * that indexes serve; what other tables know is asked of functions.
 *
 * What was left open is false: the policy then shows fewer rows than a decision would, and never more.
 *
 * @throws PlanError for what can't be expressed
 */
export function policyCondition(predicate: Predicate, mapping: TableMapping, world: RlsWorld): string {
  switch (predicate.kind) {
    case "always":
      return "TRUE";
    case "never":
    case "unexpressed":
      return "FALSE";
    case "and":
    case "or": {
      const operands = predicate.operands.map((operand) => policyCondition(operand, mapping, world));
      return `(${operands.join(predicate.kind === "and" ? " AND " : " OR ")})`;
    }
    default:
      return atomText(predicate, mapping, world);
  }
}

function atomText(atom: Atom, mapping: TableMapping, world: RlsWorld): string {
  try {
    return atomOf(atom, mapping, world);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    throw new PlanError(error.code, error.message, { help: error.help, clause: describePredicate(atom) });
  }
}

function atomOf(atom: Atom, mapping: TableMapping, world: RlsWorld): string {
  const table = quote(mapping.table.split(".").at(-1) ?? "");
  const outside = rlsQuery(world, { alias: table, mapping }, false);
  const own = atomSql(atom, outside);
  if (outside.tables.size === 0) return written(own);
  const inside = rlsQuery(world, { alias: '"r"', mapping }, true);
  const body = {
    returns: "boolean",
    query: `SELECT ${written(atomSql(atom, inside))}`,
    tables: inside.tables,
  };
  if (!inside.readsRow) return `(SELECT ${world.lookups.define("session", body)}())`;
  const name = world.lookups.define(mapping.type, { ...body, row: mapping.table });
  return `${name}(${table}.*)`;
}
