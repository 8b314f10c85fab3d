import type { Mask } from "@cordon/engine";
import { CONCEALED } from "@cordon/engine/fields";
import { type ColumnRef, isColumn, isSetTable, isTable, type TableMapping } from "../../mapping/index.js";
import { PlanError } from "../../plan-error.js";
import type { RowPredicate } from "../../predicate/index.js";
import type { DialectName } from "../../sql/index.js";
import type { CheckedFieldPlan, CheckedPlan } from "./plan-filters.js";
import {
  type Chunks,
  compilerFor,
  type DatabaseOptions,
  quoteName,
  type SqlFilterOptions,
} from "./sql-chunks.js";

/** What a query selects of one column. */
export interface SelectedColumn {
  readonly name: ColumnRef;
  /** The column itself, or what stands in its place in rows that don't show it. */
  readonly chunks: Chunks;
}

/** Under which conditions a column is shown; all of them must hold. */
interface Shown {
  readonly plans: CheckedPlan[];
  readonly masks: (Mask | undefined)[];
}

/**
 * Compiles to what a query selects: the id, and of the columns of attributes those that some row may show or mask.
 * Columns of no attribute are none of the plan's business, and sets in tables of their own are no columns.
 */
export function columnsFor(
  database: DatabaseOptions,
): (plan: CheckedFieldPlan, options: SqlFilterOptions) => readonly SelectedColumn[] {
  const compile = compilerFor(database);
  const mappings = [...database.mappings];
  return (plan, options) => {
    const mapping = mappings.find(({ type }) => type === plan.rows.resourceType);
    if (mapping === undefined || !isTable(mapping)) {
      throw new PlanError(
        "not_mapped",
        `the mapping doesn't say in which table entities of type ${plan.rows.resourceType} are`,
      );
    }
    const alias = options.alias ?? mapping.table.split(".").at(-1) ?? "";
    const place = (column: ColumnRef) =>
      `${quoteName(alias, database.dialect)}.${quoteName(column, database.dialect)}`;
    const shown = shownColumns(plan, mapping);
    const selected: SelectedColumn[] = [{ name: mapping.id, chunks: [place(mapping.id)] }];
    for (const [name, one] of shown) {
      if (name === mapping.id) continue;
      const chunks = columnChunks(place(name), one, database.dialect, (guarded) => compile(guarded, options));
      if (chunks !== undefined) selected.push({ name, chunks });
    }
    return selected;
  };
}

/** By column: what attributes are in it, and when each is shown. */
function shownColumns({ allowed, groups }: CheckedFieldPlan, mapping: TableMapping): Map<ColumnRef, Shown> {
  const shown = new Map<ColumnRef, Shown>();
  const add = (attribute: string, plan: CheckedPlan | undefined, mask: Mask | undefined): void => {
    for (const column of columnsOf(attribute, mapping)) {
      const one = shown.get(column) ?? { plans: [], masks: [] };
      if (plan !== undefined) {
        one.plans.push(plan);
        one.masks.push(mask);
      }
      shown.set(column, one);
    }
  };
  for (const attribute of allowed) add(attribute, undefined, undefined);
  for (const { attributes, plan, mask } of groups) {
    for (const attribute of attributes) add(attribute, plan, mask);
  }
  return shown;
}

function columnsOf(attribute: string, { attributes }: TableMapping): readonly ColumnRef[] {
  const mapped = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
  if (mapped === undefined || isSetTable(mapped)) return [];
  return isColumn(mapped) ? [mapped.column] : Object.values(mapped.members).map(({ column }) => column);
}

/** Undefined for what no row shows, not even masked. */
function columnChunks(
  column: string,
  { plans, masks }: Shown,
  dialect: DialectName,
  compile: (plan: CheckedPlan & { outcome: "when"; predicate: RowPredicate }) => Chunks,
): Chunks | undefined {
  // Where attributes share a column, what hides one of them hides all.
  const mask = masks.includes(undefined) ? undefined : masks[0];
  if (plans.some(({ outcome }) => outcome === "never")) {
    return mask === undefined ? undefined : maskChunks(mask, column, dialect);
  }
  const conditions = plans.flatMap((plan) => (plan.outcome === "when" ? [compile(plan)] : []));
  if (conditions.length === 0) return [column];
  const all = conditions.flatMap((chunks, index) => (index === 0 ? chunks : [" AND ", ...chunks]));
  const own = typeof mask === "string" || isPartial(mask) ? asText(column, dialect) : column;
  return [
    "CASE WHEN ",
    ...all,
    ` THEN ${own} ELSE `,
    ...(mask === undefined ? ["NULL"] : maskChunks(mask, column, dialect)),
    " END",
  ];
}

function isPartial(mask: Mask | undefined): mask is Exclude<Mask, null | string | number | boolean> {
  return typeof mask === "object" && mask !== null;
}

/** What a mask comes to in SQL; as `maskValue` of a value. */
function maskChunks(mask: Mask, column: string, dialect: DialectName): Chunks {
  if (mask === null) return ["NULL"];
  if (typeof mask === "boolean") return [mask ? "TRUE" : "FALSE"];
  if (typeof mask === "number") {
    if (Number.isSafeInteger(mask)) return [String(mask)];
    throw new PlanError("predicate_invalid", "a mask is no integer");
  }
  if (typeof mask === "string") return textChunks(mask, dialect);
  const [isFirst, count] = "first" in mask ? [true, mask.first] : [false, mask.last];
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new PlanError("predicate_invalid", "a mask shows no number of characters");
  }
  const text = asText(column, dialect);
  const concealed = textChunks(CONCEALED, dialect);
  const part = partOf(text, isFirst, count, dialect);
  const parts = isFirst
    ? [part, SEPARATORS[dialect], ...concealed]
    : [...concealed, SEPARATORS[dialect], part];
  const length = dialect === "sqlite" ? "length" : "CHAR_LENGTH";
  const joined = dialect === "mysql" ? ["CONCAT(", ...parts, ")"] : parts;
  // A text that short would be shown whole. No value and a short one are told apart by nothing.
  return [`CASE WHEN ${length}(${text}) > ${count} THEN `, ...joined, " ELSE ", ...concealed, " END"];
}

const SEPARATORS: Readonly<Record<DialectName, string>> = { postgres: " || ", sqlite: " || ", mysql: ", " };

function partOf(text: string, isFirst: boolean, count: number, dialect: DialectName): string {
  if (dialect === "sqlite") return isFirst ? `substr(${text}, 1, ${count})` : `substr(${text}, -${count})`;
  return `${isFirst ? "LEFT" : "RIGHT"}(${text}, ${count})`;
}

/** So that the column's own type, an enumeration perhaps, needn't take the mask. */
function asText(column: string, dialect: DialectName): string {
  return dialect === "postgres" ? `${column}::text` : column;
}

function textChunks(text: string, dialect: DialectName): Chunks {
  return dialect === "postgres" ? [{ parameter: text }, "::text"] : [{ parameter: text }];
}
