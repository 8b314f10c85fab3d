import type { ColumnRef, TableRef } from "../../mapping/index.js";
import { PlanError } from "../../plan-error.js";

/** What Prisma calls a table and its columns, where it calls them otherwise. */
export interface PrismaModel {
  /** Fields of columns, where their names differ: `{ customer_id: "customerId" }`. */
  readonly fields?: Readonly<Record<ColumnRef, string>>;
  /**
   * Relation fields. By the column of a foreign key: to the entity that it refers to, `{ customer_id: "customer" }`. By
   * a table: to its rows of this one, `{ ticket_labels: "labels" }`.
   */
  readonly relations?: Readonly<Record<ColumnRef | TableRef, string>>;
}

/** Models of entities by their Cedar types; models of join tables, and of tables of sets and tags, by their tables. */
export type PrismaModels = Readonly<Record<string, PrismaModel>>;

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]*$/;

export class ModelNames {
  readonly #models: PrismaModels;

  constructor(models: PrismaModels) {
    this.#models = models;
  }

  /**
   * Without an entry a field is named as its column.
   *
   * @throws PlanError `not_mapped` for what can't be its name: Prisma would overlook a condition on `__proto__`
   */
  field(model: string, column: ColumnRef): string {
    const name = own(own(this.#models, model)?.fields, column) ?? column;
    if (IDENTIFIER.test(name)) return name;
    throw new PlanError("not_mapped", `no field of Prisma's can be called \`${name}\``, {
      help: `say what \`${column}\` is called among the fields of \`${model}\``,
    });
  }

  /** @throws PlanError `not_mapped` */
  relation(model: string, through: ColumnRef | TableRef): string {
    const name = own(own(this.#models, model)?.relations, through);
    if (name !== undefined && IDENTIFIER.test(name)) return name;
    throw new PlanError("not_mapped", `nothing says which relation of \`${model}\` is \`${through}\``, {
      help: `add \`${through}\` to the relations of \`${model}\``,
    });
  }
}

function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
