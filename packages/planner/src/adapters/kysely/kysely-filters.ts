import type { AnySchema, FiltersOf, SchemaShape } from "@cordon/engine/typed";
import type {
  AliasedExpression,
  AliasNode,
  Expression,
  OperationNode,
  RawNode,
  SqlBool,
  ValueNode,
} from "kysely";
import {
  type Chunks,
  chunksFor,
  columnsFor,
  type DatabaseOptions,
  type FilterPlanner,
  PlanFilters,
  type SelectedColumn,
  type SqlFilterOptions,
} from "../filters/index.js";

export type KyselyFilters<S extends SchemaShape = AnySchema> = FiltersOf<
  S,
  Expression<SqlBool>,
  KyselyRows,
  SqlFilterOptions
>;

/** What may be read of a table: which rows, and which columns of them. */
export interface KyselyRows {
  readonly where: Expression<SqlBool>;
  /**
   * For `select`: the id and the columns of attributes. Where a row doesn't show one, its mask stands in its place, or
   * NULL; what no row shows is left out.
   */
  columns<Row extends object>(): AliasedColumn<Row>[];
}

/** A column under its own name. */
export type AliasedColumn<Row extends object> = {
  [Name in keyof Row & string]: AliasedExpression<Row[Name] | null | undefined, Name>;
}[keyof Row & string];

/**
 * Filters for Kysely: `db.selectFrom("tickets").selectAll().where(await filters.filter(user, "ticket:read", "Ticket"))`.
 * A filter is an expression like any other, good for one query or many, as long as the answer may be that old.
 *
 * @param planner a decider that plans, in this process or elsewhere
 */
export function kyselyFilters<S extends SchemaShape = AnySchema>(
  planner: FilterPlanner,
  database: DatabaseOptions,
): KyselyFilters<S> {
  const chunksOf = chunksFor(database);
  const columnsOf = columnsFor(database);
  const filters = new PlanFilters<Expression<SqlBool>, KyselyRows, SqlFilterOptions>(planner, {
    filter: (plan, options) => new ChunkExpression(chunksOf(plan, options)),
    rows: (plan, options) => {
      const columns = columnsOf(plan, options).map((column) => new NamedExpression(column));
      return {
        where: new ChunkExpression(chunksOf(plan.rows, options)),
        columns: <Row extends object>() => columns as unknown as AliasedColumn<Row>[],
      };
    },
  });
  return filters as unknown as KyselyFilters<S>;
}

class ChunkExpression<T = SqlBool> implements Expression<T> {
  readonly #chunks: Chunks;

  constructor(chunks: Chunks) {
    this.#chunks = chunks;
  }

  get expressionType(): T | undefined {
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

class NamedExpression implements AliasedExpression<unknown, string> {
  readonly expression: Expression<unknown>;
  readonly alias: string;

  constructor({ name, chunks }: SelectedColumn) {
    this.expression = new ChunkExpression<unknown>(chunks);
    this.alias = name;
  }

  toOperationNode(): AliasNode {
    return {
      kind: "AliasNode",
      node: this.expression.toOperationNode(),
      alias: { kind: "IdentifierNode", name: this.alias } as AliasNode["alias"],
    };
  }
}
