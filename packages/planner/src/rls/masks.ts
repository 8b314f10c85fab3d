import type { Mask } from "@cordon/engine";
import { CONCEALED } from "@cordon/engine/fields";
import { isColumn, isSetTable, type TableMapping } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import { literal, quote, quoteDotted } from "./sql-text.js";

/** Attributes that are shown where a condition holds besides that of the row. */
export interface MaskedGroup {
  readonly attributes: readonly string[];
  /** As the text of a policy. */
  readonly condition: string;
  /** Stands in their place elsewhere; undefined where nothing does. */
  readonly mask?: Mask | undefined;
}

/** The columns of a table: those that everybody who sees the row sees, and those that not everybody does. */
export interface TableColumns {
  readonly free: readonly string[];
  readonly guarded: readonly string[];
}

/**
 * Columns that are in no group are free; a column of several attributes is as guarded as the most guarded of them.
 * Columns that the mapping doesn't name are neither: nobody said what they are.
 *
 * @throws PlanError `not_expressible` for a guarded attribute that isn't in the table
 */
export function columnsOf(mapping: TableMapping, guardedAttributes: readonly string[]): TableColumns {
  const guarded = new Set(guardedAttributes.flatMap((name) => columnsOfAttribute(mapping, name)));
  const all = [
    mapping.id,
    ...Object.keys(mapping.attributes).flatMap((name) => columnsUnlessElsewhere(mapping, name)),
    ...mapping.parents.flatMap((parent) => ("column" in parent ? [parent.column] : [])),
  ];
  if (guarded.has(mapping.id)) {
    throw new PlanError(
      "not_expressible",
      `the id of ${mapping.type} is also an attribute that not everybody sees`,
    );
  }
  return { free: [...new Set(all)].filter((column) => !guarded.has(column)), guarded: [...guarded] };
}

/** Empty for an attribute that the mapping doesn't have: it is not in this database. */
function columnsOfAttribute(mapping: TableMapping, name: string): readonly string[] {
  const attribute = Object.hasOwn(mapping.attributes, name) ? mapping.attributes[name] : undefined;
  if (attribute !== undefined && isSetTable(attribute)) {
    throw new PlanError(
      "not_expressible",
      `attribute \`${name}\` of ${mapping.type} is in a table of its own, where no view guards it`,
      {
        help: "keep it in a column, or keep the application's role from reading that table and map it elsewhere",
      },
    );
  }
  return columnsUnlessElsewhere(mapping, name);
}

function columnsUnlessElsewhere(mapping: TableMapping, name: string): readonly string[] {
  const attribute = Object.hasOwn(mapping.attributes, name) ? mapping.attributes[name] : undefined;
  if (attribute === undefined || isSetTable(attribute)) return [];
  return isColumn(attribute)
    ? [attribute.column]
    : Object.values(attribute.members).map(({ column }) => column);
}

/**
 * The rows that a condition shows, with masks in the place of what it doesn't: a query for a view. Ordering and
 * comparing see no more than is shown.
 */
export function maskedQuery(
  mapping: TableMapping,
  rows: string,
  groups: readonly MaskedGroup[],
  { free, guarded }: TableColumns,
): string {
  const shown = [
    ...free.map((column) => `  ${quote(column)}`),
    ...guarded.map((column) => `  ${guardedColumn(mapping, column, groups)} AS ${quote(column)}`),
  ];
  return `SELECT\n${shown.join(",\n")}\nFROM ${quoteDotted(mapping.table)}\nWHERE ${rows}`;
}

function guardedColumn(mapping: TableMapping, column: string, groups: readonly MaskedGroup[]): string {
  const own = groups.filter(({ attributes }) =>
    attributes.some((name) => columnsUnlessElsewhere(mapping, name).includes(column)),
  );
  const condition = own.map((group) => `(${group.condition})`).join(" AND ");
  const [first] = own;
  const mask = own.length === 1 ? first?.mask : undefined;
  return `CASE WHEN ${condition} THEN ${quote(column)} ELSE ${maskText(mask, quote(column))} END`;
}

/** As `maskValue` has it for records in memory. */
function maskText(mask: Mask | undefined, column: string): string {
  if (mask === undefined || mask === null) return "NULL";
  if (typeof mask !== "object") return literal(String(mask));
  const count = "first" in mask ? mask.first : mask.last;
  const part =
    "first" in mask
      ? `left(${column}::text, ${count}) || ${literal(CONCEALED)}`
      : `${literal(CONCEALED)} || right(${column}::text, ${count})`;
  return `CASE WHEN char_length(${column}::text) > ${count} THEN ${part} ELSE ${literal(CONCEALED)} END`;
}
