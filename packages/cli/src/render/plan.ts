import type { ProjectPlan } from "@cordon/pdp";
import type { DialectName, SqlFilter } from "@cordon/planner";
import { describePredicate, isOpen } from "@cordon/planner";
import type { Terminal } from "../terminal.js";
import { printable } from "./printable.js";

/** The condition as SQL, and the source that says where the rows are. */
export interface PlannedSql extends Pick<SqlFilter, "sql" | "parameters" | "exact"> {
  source: string;
  dialect: DialectName;
}

/** A plan for people: the answer, the condition in words, the SQL with its parameters, and who contributes what. */
export function renderPlan(
  plan: ProjectPlan,
  sql: PlannedSql | undefined,
  why: boolean,
  { color }: Pick<Terminal, "color">,
): string {
  const lines = [
    headline(plan, color),
    ...(plan.outcome === "when" ? indented(printableLines(describePredicate(plan.predicate.condition))) : []),
    ...openNote(plan, sql, color),
    ...(sql === undefined ? [] : sqlLines(sql, color)),
    ...(why ? policyLines(plan, color) : []),
    ...plan.ignored.map((pointer) => color.yellow(`  ${printable(pointer)} of the request was not used`)),
    color.dim(`  plan ${plan.id} by bundle ${plan.bundleId.slice(0, 12)}`),
  ];
  return lines.join("\n");
}

function headline(
  { outcome, resourceType, reason, policies }: ProjectPlan,
  color: Terminal["color"],
): string {
  const type = printable(resourceType);
  switch (outcome) {
    case "always":
      return `${color.green(color.bold("ALL"))}  every ${type}`;
    case "never": {
      const why = reason?.message ?? (policies.length === 0 ? "no policy permits it" : "policies forbid it");
      return `${color.red(color.bold("NONE"))}  no ${type}: ${printable(why)}`;
    }
    case "when":
      return `${color.yellow(color.bold("SOME"))}  each ${type} for which`;
  }
}

function openNote(plan: ProjectPlan, sql: PlannedSql | undefined, color: Terminal["color"]): string[] {
  if (plan.exact && sql?.exact !== false) return [];
  return [color.yellow("  not exact: each that comes must be decided before it counts")];
}

function sqlLines({ source, dialect, sql, parameters }: PlannedSql, color: Terminal["color"]): string[] {
  const shown = parameters.map((value, index) => `    ${index + 1}  ${printable(JSON.stringify(value))}`);
  return [
    color.dim(`  SQL (${dialect}, source ${printable(source)})`),
    `    ${printable(sql)}`,
    ...(shown.length === 0 ? [] : [color.dim("  parameters"), ...shown]),
  ];
}

function policyLines({ policies }: ProjectPlan, color: Terminal["color"]): string[] {
  return policies.flatMap(({ id, effect, reason, outcome, predicate }) => [
    `  ${effect === "permit" ? color.green("permit") : color.red("forbid")} ${printable(id)}${outcome === "always" ? " always" : " when"}`,
    ...(reason === undefined ? [] : [color.dim(`    ${printable(reason)}`)]),
    ...(predicate === undefined
      ? []
      : indented(printableLines(describePredicate(predicate.condition)), "    ")),
    ...(predicate !== undefined && isOpen(predicate.condition)
      ? [color.yellow("    partly decided row by row")]
      : []),
  ]);
}

/** Every line by itself: what comes from policies and data can't start a line of its own. */
function printableLines(text: string): string[] {
  return text.split("\n").map(printable);
}

function indented(lines: readonly string[], by = "  "): string[] {
  return lines.map((line) => `${by}${line}`);
}
