import type { Planner } from "@cordon/engine";
import type { AnySchema, FiltersOf, SchemaShape } from "@cordon/engine/typed";
import type { Expression, OperationNode, RawNode, SqlBool, ValueNode } from "kysely";
import {
  type Chunks,
  chunksFor,
  type DatabaseOptions,
  PlanFilters,
  type SqlFilterOptions,
} from "../filters/index.js";

export type KyselyFilters<S extends SchemaShape = AnySchema> = FiltersOf<
  S,
  Expression<SqlBool>,
  SqlFilterOptions
>;

/**
 * Filters for Kysely: `db.selectFrom("tickets").selectAll().where(await filters.filter(user, "ticket:read", "Ticket"))`.
 * A filter is an expression like any other, good for one query or many, as long as the answer may be that old.
 *
 * @param planner a decider that plans, in this process or elsewhere
 */
export function kyselyFilters<S extends SchemaShape = AnySchema>(
  planner: Planner,
  database: DatabaseOptions,
): KyselyFilters<S> {
  const chunksOf = chunksFor(database);
  const filters = new PlanFilters<Expression<SqlBool>, SqlFilterOptions>(
    planner,
    (plan, options) => new FilterExpression(chunksOf(plan, options)),
  );
  return filters as unknown as KyselyFilters<S>;
}

class FilterExpression implements Expression<SqlBool> {
  readonly #chunks: Chunks;

  constructor(chunks: Chunks) {
    this.#chunks = chunks;
  }

  get expressionType(): SqlBool | undefined {
    return undefined;
  }

  /** Text and parameters in turn, beginning and ending with text. */
  toOperationNode(): OperationNode {
    const sqlFragments = [""];
    const parameters: ValueNode[] = [];
    for (const chunk of this.#chunks) {
      if (typeof chunk === "string") sqlFragments.push((sqlFragments.pop() ?? "") + chunk);
      else {
        parameters.push({ kind: "ValueNode", value: chunk.parameter });
        sqlFragments.push("");
      }
    }
    const node: RawNode = { kind: "RawNode", sqlFragments, parameters };
    return node;
  }
}
