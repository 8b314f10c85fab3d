import type { Fields, Mask, NeededAction } from "@cordon/engine";
import { CONCEALED } from "@cordon/engine/fields";
import type { Terminal } from "../terminal.js";
import { answerWord, shortReason } from "./decision.js";
import { printable } from "./printable.js";
import { type Cell, Table } from "./table.js";

/** Attributes for people: what becomes of each, and what those that aren't shown would take. */
export function renderFields(fields: Fields, { color }: Pick<Terminal, "color">): string {
  const { decision, allowed, masked, hidden, needed } = fields;
  const takes = new Map(needed.flatMap((one) => one.attributes.map((name) => [name, one] as const)));
  const row = (name: string, state: string, style: (text: string) => string): Cell[] => [
    { text: printable(name), style: color.bold },
    { text: state, style },
    { text: decision.decision === "allow" ? whatItTakes(takes.get(name)) : "", style: color.dim },
  ];
  const rows = [
    ...allowed.map((name) => row(name, "shown", color.green)),
    ...Object.entries(masked).map(([name, mask]) => row(name, maskedAs(mask), color.yellow)),
    ...hidden.map((name) => row(name, "hidden", color.red)),
  ];
  return [
    `${answerWord(decision.decision, color)}  ${printable(shortReason(decision))}`,
    ...new Table().lines(rows).map((line) => `  ${line.trimEnd()}`),
    color.dim(`  decision ${decision.id} by bundle ${decision.bundleId.slice(0, 12)}`),
  ].join("\n");
}

function whatItTakes(needed: NeededAction | undefined): string {
  if (needed === undefined) return "";
  const { action, decision } = needed;
  if ("error" in decision) return `takes ${printable(action)}: ${printable(decision.error.message)}`;
  return decision.decision === "allow"
    ? `by ${printable(action)}`
    : `takes ${printable(action)}: ${printable(shortReason(decision))}`;
}

function maskedAs(mask: Mask | undefined): string {
  if (mask === undefined || mask === null) return "masked as null";
  if (typeof mask !== "object") return `masked as ${printable(JSON.stringify(mask))}`;
  const [which, count] = "first" in mask ? ["first", mask.first] : ["last", mask.last];
  return `masked as ${CONCEALED}, but for the ${which} ${count}`;
}
