import type { Mask } from "@cordon/engine";
import type { maskValue } from "@cordon/engine/fields";
import type { AnySchema, FiltersOf, SchemaShape } from "@cordon/engine/typed";
import {
  type ColumnRef,
  type EntityMapping,
  isColumn,
  isSetTable,
  type TableMapping,
} from "../../mapping/index.js";
import { PlanError } from "../../plan-error.js";
import type { RowPredicate } from "../../predicate/index.js";
import { compileSql, type DialectName } from "../../sql/index.js";
import {
  blaming,
  type CheckedFieldPlan,
  type CheckedPlan,
  type FilterOptions,
  type FilterPlanner,
  PlanFilters,
} from "../filters/index.js";
import { ModelNames, type PrismaModels } from "./models.js";
import { Places } from "./places.js";
import { refusal } from "./values.js";
import { type PrismaProvider, WhereCompiler } from "./where.js";

export interface PrismaOptions {
  readonly provider: PrismaProvider;
  /** Where entities lie: from `parseMappings`. */
  readonly mappings: Iterable<EntityMapping>;
  /** What Prisma calls it all, where that differs from tables and columns; relations always. */
  readonly models?: PrismaModels;
  /** Types whose entities are in no table: where they are, plans say already. */
  readonly staticTypes?: Iterable<string>;
  /** Every text column's collation compares bytes, as PostgreSQL's do but for nondeterministic ones. */
  readonly exactText?: boolean;
  /**
   * For what Prisma can't be asked: runs SQL that selects ids, `(sql, ...values) => db.$queryRawUnsafe(sql, ...values)`.
   * The filter then names each id. Without it such filters are refused.
   */
  readonly byIds?: (sql: string, ...values: unknown[]) => Promise<unknown>;
}

/** What Prisma's `where` takes. */
// biome-ignore lint/suspicious/noExplicitAny: the types of conditions are generated in the application
export type PrismaWhere = Record<string, any>;

export type PrismaFilters<S extends SchemaShape = AnySchema> = FiltersOf<
  S,
  PrismaWhere,
  PrismaRows,
  FilterOptions
>;

/** What may be read of a table: which rows, and which fields of them. */
export interface PrismaRows {
  readonly where: PrismaWhere;
  /** The id, and the fields of attributes that every row shows. */
  readonly select: Record<string, true>;
  /** By field, what stands in the place of those that none does; the others are left out. */
  readonly masked: Readonly<Record<string, ReturnType<typeof maskValue>>>;
}

/** More would be more than one statement takes. */
const MAX_IDS = 30_000;

const DIALECTS: Readonly<Record<PrismaProvider, DialectName>> = {
  postgresql: "postgres",
  mysql: "mysql",
  sqlite: "sqlite",
};

/**
 * Filters for Prisma: `db.ticket.findMany({ where: await filters.filter(user, "ticket:read", "Ticket") })`. Put beside
 * other conditions with `AND` and `OR`; `NOT` has SQL's NULLs in it.
 *
 * @param planner a decider that plans, in this process or elsewhere
 */
export function prismaFilters<S extends SchemaShape = AnySchema>(
  planner: FilterPlanner,
  options: PrismaOptions,
): PrismaFilters<S> {
  const compiler = new PlanCompiler(options);
  const filters = new PlanFilters<PrismaWhere, PrismaRows, FilterOptions>(planner, {
    filter: (plan, { approximate }) => compiler.where(plan, approximate === true),
    rows: async (plan) => ({ where: await compiler.where(plan.rows, false), ...compiler.columns(plan) }),
  });
  return filters as unknown as PrismaFilters<S>;
}

type PlanOfSome = CheckedPlan & { readonly outcome: "when"; readonly predicate: RowPredicate };

class PlanCompiler {
  readonly #options: PrismaOptions;
  readonly #mappings: readonly EntityMapping[];
  readonly #names: ModelNames;
  readonly #places: Places;
  readonly #isStatic: (type: string) => boolean;

  constructor(options: PrismaOptions) {
    const staticTypes = new Set(options.staticTypes);
    this.#options = options;
    this.#mappings = [...options.mappings];
    this.#names = new ModelNames(options.models ?? {});
    this.#places = new Places(this.#mappings, this.#names, options.exactText === true);
    this.#isStatic = (type) => staticTypes.has(type);
  }

  async where(plan: CheckedPlan, approximate: boolean): Promise<PrismaWhere> {
    const compilerOf = (open: boolean) =>
      new WhereCompiler(this.#places, plan.resourceType, {
        provider: this.#options.provider,
        approximate: open,
        isStatic: this.#isStatic,
      });
    if (plan.outcome === "when") return this.#some(plan, approximate, compilerOf);
    const compiler = compilerOf(false);
    return plan.outcome === "always" ? compiler.always() : compiler.never();
  }

  async #some(
    plan: PlanOfSome,
    approximate: boolean,
    compilerOf: (open: boolean) => WhereCompiler,
  ): Promise<PrismaWhere> {
    const { byIds } = this.#options;
    const open = approximate && byIds === undefined;
    try {
      return blaming(plan, ({ condition }) => compilerOf(open).compile(condition));
    } catch (error) {
      if (!(error instanceof PlanError) || byIds === undefined) throw error;
      return this.#byIds(plan, approximate, byIds);
    }
  }

  async #byIds(
    plan: PlanOfSome,
    approximate: boolean,
    byIds: NonNullable<PrismaOptions["byIds"]>,
  ): Promise<PrismaWhere> {
    const dialect = DIALECTS[this.#options.provider];
    const { sql, parameters } = blaming(plan, (predicate) =>
      compileSql(predicate, {
        dialect,
        mappings: this.#mappings,
        alias: "r",
        approximate,
        isStatic: this.#isStatic,
      }),
    );
    const mapping = this.#places.tableOf(plan.resourceType);
    const quote = (name: string) =>
      dialect === "mysql" ? `\`${name.replaceAll("`", "``")}\`` : `"${name.replaceAll('"', '""')}"`;
    const table = mapping.table.split(".").map(quote).join(".");
    const statement = `SELECT r.${quote(mapping.id)} AS id FROM ${table} r WHERE ${sql} LIMIT ${MAX_IDS + 1}`;
    const found = await byIds(statement, ...parameters);
    if (!Array.isArray(found)) throw new TypeError("`byIds` returned no list of rows");
    if (found.length > MAX_IDS) {
      throw new PlanError("too_large", `the filter would name more than ${MAX_IDS} ids`);
    }
    const field = this.#names.field(mapping.type, mapping.id);
    return { [field]: { in: found.map(({ id }: { id: unknown }) => id) } };
  }

  /** @throws PlanError where some rows show a field and others don't: Prisma selects the same of all */
  columns({ rows, allowed, groups }: CheckedFieldPlan): Pick<PrismaRows, "select" | "masked"> {
    const mapping = this.#places.tableOf(rows.resourceType);
    const id = this.#names.field(mapping.type, mapping.id);
    const select: Record<string, true> = { [id]: true };
    const masked: Record<string, ReturnType<typeof maskValue>> = {};
    const hidden = new Set<string>();
    for (const attribute of allowed)
      for (const field of this.#fieldsOf(attribute, mapping)) select[field] = true;
    for (const { attributes, plan, mask } of groups) {
      for (const field of attributes.flatMap((attribute) => this.#fieldsOf(attribute, mapping))) {
        if (plan.outcome === "when") {
          throw refusal(`some rows show \`${field}\` and others don't`, "ask for `fields` of each row");
        }
        if (plan.outcome === "always") select[field] = true;
        else if (mask === undefined) hidden.add(field);
        else masked[field] = wholly(mask, field);
      }
    }
    // Where attributes share a column, what hides one of them hides all.
    for (const field of [...Object.keys(masked), ...hidden]) if (field !== id) delete select[field];
    for (const field of [...hidden, id]) delete masked[field];
    return { select, masked };
  }

  #fieldsOf(attribute: string, { type, attributes }: TableMapping): string[] {
    const mapped = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
    if (mapped === undefined || isSetTable(mapped)) return [];
    const columns: ColumnRef[] = isColumn(mapped)
      ? [mapped.column]
      : Object.values(mapped.members).map(({ column }) => column);
    return columns.map((column) => this.#names.field(type, column));
  }
}

/** What is never read can't be shown in part. */
function wholly(mask: Mask, field: string): ReturnType<typeof maskValue> {
  if (typeof mask !== "object" || mask === null) return mask;
  throw refusal(`\`${field}\` is shown in part`, "ask for `fields` of each row");
}
