import { type DecisionRequest, EntityUid, parseEntityUid } from "@cordon/engine";
import type { ActionAnswer, WhatCan, WhoCan } from "../search/answers.js";
import { type Findings, type Found, groupByPolicies } from "../search/find.js";
import type { Terminal } from "../terminal.js";
import { printable } from "./printable.js";
import { type Cell, displayWidth, Table } from "./table.js";

type Outlet = Pick<Terminal, "color" | "width">;
type Colors = Terminal["color"];

/** Where lines end that go to a file. */
const FULL_WIDTH = 100;
/** Names shown of a group; `--json` has all. */
const SHOWN = { alone: 40, amongOthers: 12 } as const;

/** Who may do it, for people: how many, and by which policies. */
export function renderWhoCan({ request, types }: WhoCan, outlet: Outlet): string {
  const { color } = outlet;
  const name = typeof request.action === "string" ? request.action : request.action.name;
  const what = `${color.bold(printable(name))} ${uidText(request.resource)}`;
  const all = types.flatMap(({ found }) => found);
  if (all.length === 0) return `${color.red(color.bold("NOBODY"))}  may ${what}`;
  const isWhole = types.every((one) => one.isWhole);
  const lines = [`${color.green(color.bold(countText(all.length, isWhole)))} may ${what}`];
  for (const { type, found } of types) {
    if (found.length === 0) continue;
    lines.push("", `${color.cyan(printable(type))}  ${color.green(String(found.length))}`);
    lines.push(...groupLines(found, SHOWN.alone, outlet, "  "));
  }
  const none = types.filter(({ found }) => found.length === 0).map(({ type }) => type);
  if (none.length > 0) lines.push("", color.dim(`none of type ${none.map(printable).join(", ")}`));
  lines.push(...legend(all, color));
  if (!isWhole) lines.push("", moreNote(color));
  return lines.join("\n");
}

/** What somebody may do, for people: by type and action, how many, and by which policies. */
export function renderWhatCan({ principal, answers }: WhatCan, outlet: Outlet): string {
  const { color } = outlet;
  const answered = answers.filter((one): one is ActionAnswer & Findings => "found" in one);
  const some = answered.filter(({ found }) => found.length > 0);
  const who = uidText(principal);
  const lines =
    some.length === 0
      ? [`${color.red(color.bold("NOTHING"))}  is what ${who} may do`]
      : [`${color.bold(who)} may`];
  let type = "";
  for (const answer of some) {
    if (answer.type !== type) lines.push("", color.cyan(printable(answer.type)));
    type = answer.type;
    const count = color.green(countText(answer.found.length, answer.isWhole));
    lines.push(`  ${color.bold(printable(answer.action))}  ${count}`);
    lines.push(...groupLines(answer.found, SHOWN.amongOthers, outlet, "    "));
  }
  const none = answered.filter(({ found }) => found.length === 0);
  if (none.length > 0) {
    const names = none.map((one) => printable(`${one.action} ${one.type}`));
    lines.push("", color.dim("none by"), ...wrapped(names, outlet, "  ").map((line) => color.dim(line)));
  }
  lines.push(
    ...legend(
      some.flatMap(({ found }) => found),
      color,
    ),
    ...unansweredLines(answers, color),
  );
  if (answered.some(({ isWhole }) => !isWhole)) lines.push("", moreNote(color));
  return lines.join("\n");
}

function unansweredLines(answers: readonly ActionAnswer[], color: Colors): string[] {
  const open = answers.filter((one) => "unanswered" in one);
  if (open.length === 0) return [];
  return [
    "",
    color.yellow("not known"),
    ...open.flatMap(({ action, type, unanswered, help }) => [
      `  ${color.bold(printable(action))} ${printable(type)}: ${printable(unanswered)}`,
      ...(help === "" ? [] : [color.dim(`    help: ${printable(help)}`)]),
    ]),
  ];
}

function groupLines(found: readonly Found[], shown: number, outlet: Outlet, indent: string): string[] {
  const { color } = outlet;
  const groups = groupByPolicies(found);
  const widest = String(groups[0]?.entities.length ?? 0).length;
  return groups.flatMap(({ policies, entities }) => {
    const count = String(entities.length).padStart(widest);
    const by = policies.map(({ id }) => color.bold(printable(id))).join(" and ");
    const names = entities.slice(0, shown).map(({ id }) => idText(id));
    const more = entities.length - names.length;
    const all = more > 0 ? [...names, `and ${more} more`] : names;
    return [
      `${indent}${color.green(count)}  by ${by}`,
      ...wrapped(all, outlet, `${indent}${" ".repeat(widest + 2)}`),
    ];
  });
}

/** What the policies say of themselves, each once. */
function legend(found: readonly Found[], color: Colors): string[] {
  const reasons = new Map<string, string>();
  for (const { id, reason } of found.flatMap(({ policies }) => policies)) {
    if (reason !== undefined) reasons.set(id, reason);
  }
  const rows = [...reasons].map(([id, reason]): Cell[] => [
    { text: `  ${printable(id)}`, style: color.dim },
    { text: printable(reason), style: color.dim },
  ]);
  return rows.length === 0 ? [] : ["", ...new Table().lines(rows)];
}

/** Names one after the other, in lines that fit. */
function wrapped(names: readonly string[], { width = FULL_WIDTH }: Outlet, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const [index, name] of names.entries()) {
    const word = index === names.length - 1 ? name : `${name},`;
    const fits = displayWidth(indent) + displayWidth(line) + 1 + displayWidth(word) <= width;
    if (line === "") line = word;
    else if (fits) line += ` ${word}`;
    else {
      lines.push(indent + line);
      line = word;
    }
  }
  return line === "" ? lines : [...lines, indent + line];
}

function countText(count: number, isWhole: boolean): string {
  return isWhole ? String(count) : `${count}+`;
}

function moreNote(color: Colors): string {
  return color.yellow("there are more: `--limit` says how many to look for");
}

function uidText(entity: DecisionRequest["resource"]): string {
  const uid = typeof entity === "string" ? parseEntityUid(entity) : EntityUid.of(entity.type, entity.id);
  return printable(uid.toString());
}

/** Ids that could be mixed up with what stands around them are quoted. */
function idText(id: string): string {
  return /^[\w.:@/-]+$/.test(id) ? id : printable(JSON.stringify(id));
}
