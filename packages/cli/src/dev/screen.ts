import { basename } from "node:path";
import type { LintDiagnostic } from "@cordon/analysis/lint";
import { printable } from "../render/printable.js";
import { recordRow } from "../render/record.js";
import { displayWidth, Table } from "../render/table.js";
import type { Terminal } from "../terminal.js";
import type { DevState } from "./state.js";
import { bundleSummary, checkSummary, clock, testSummary } from "./summary.js";

export interface ScreenSize {
  readonly width: number;
  readonly height: number;
}

/** A page over the screen: an explanation, or every problem in its source line. */
export interface Page {
  readonly title: string;
  readonly text: string;
}

const KEYS: readonly (readonly [string, string])[] = [
  ["q", "quit"],
  ["c", "clear decisions"],
  ["w", "why the last deny"],
  ["p", "problems in full"],
  ["r", "check again"],
];
const PAGE_KEYS: readonly (readonly [string, string])[] = [["any key", "back"]];
const ESCAPE = "\u001b";
const STYLE_OR_CHARACTER = new RegExp(`${ESCAPE}\\[[\\d;]*m|[^${ESCAPE}]`, "gu");

/** What stays free for decisions, however many problems there are. */
const DECISIONS_KEPT = 6;

/** The whole screen, in exactly as many lines as it has. */
export function drawScreen(state: DevState, size: ScreenSize, color: Terminal["color"]): string {
  const head = headLines(state, color);
  const room = Math.max(0, size.height - head.length - 2);
  const problems = problemLines(state, color);
  const kept = Math.min(DECISIONS_KEPT, Math.max(2, state.decisions.length + 1));
  const shown = problems.slice(0, Math.max(2, room - kept));
  if (shown.length < problems.length) {
    shown.pop();
    shown.push(color.dim(`  and ${problems.length - shown.length} more: press p`));
  }
  const decisions = decisionLines(state, Math.max(0, room - shown.length), color);
  return fill([...head, ...shown, ...decisions], KEYS, size, color);
}

export function drawPage({ title, text }: Page, size: ScreenSize, color: Terminal["color"]): string {
  const lines = text.split("\n");
  const room = Math.max(1, size.height - 4);
  const more = lines.length > room ? [color.dim(`… ${lines.length - room + 1} more lines`)] : [];
  const shown = [` ${color.bold(title)}`, "", ...lines.slice(0, room - more.length), ...more];
  return fill(shown, PAGE_KEYS, size, color);
}

function headLines({ project, url, bundle, checked, note }: DevState, color: Terminal["color"]): string[] {
  const row = (name: string, text: string) => ` ${color.cyan(name.padEnd(8))} ${text}`;
  const lines = [
    ` ${color.bold("cordon dev")}  ${printable(basename(project))}`,
    "",
    row("serving", url === null ? color.yellow("waiting for a project without errors") : color.bold(url)),
  ];
  if (bundle !== null) {
    lines.push(
      row("bundle", `${bundleSummary(bundle, color)}  ${color.dim(`since ${clock(bundle.loadedAt)}`)}`),
    );
    if (bundle.stale !== null)
      lines.push(row("", color.yellow(`the last valid one: ${printable(bundle.stale)}`)));
  }
  if (checked === null) lines.push(row("check", color.dim("…")));
  else {
    lines.push(
      row("check", `${checkSummary(checked.report, color)}  ${color.dim(`at ${clock(checked.at)}`)}`),
    );
    lines.push(row("tests", testSummary(checked.report, color)));
  }
  if (note !== null) lines.push(row("server", color.yellow(printable(note))));
  return lines;
}

function problemLines({ checked }: DevState, color: Terminal["color"]): string[] {
  const found = (checked?.report.diagnostics ?? []).filter(({ severity }) => severity !== "info");
  if (found.length === 0) return [];
  return ["", ...found.map((diagnostic) => problemLine(diagnostic, color))];
}

function problemLine({ severity, message, file, range }: LintDiagnostic, color: Terminal["color"]): string {
  const sign = severity === "error" ? color.red("✗") : color.yellow("!");
  const place = range === undefined ? file : `${file}:${range.start.line}:${range.start.column}`;
  return `  ${sign} ${printable(message)}  ${color.dim(printable(place))}`;
}

function decisionLines({ decisions, logs }: DevState, room: number, color: Terminal["color"]): string[] {
  if (room < 2) return [];
  if (!logs) return ["", color.dim("  decisions are not shown: the decision log is off")];
  if (decisions.length === 0) return ["", color.dim("  no decisions yet: ask, and they show here")];
  const rows = decisions.slice(1 - room).map((record) => {
    const [, ...cells] = recordRow(record, color).slice(0, -1);
    return [{ text: `  ${clock(new Date(record.time))}`, style: color.dim }, ...cells];
  });
  return ["", ...new Table().lines(rows)];
}

function fill(
  lines: readonly string[],
  keys: typeof KEYS,
  { width, height }: ScreenSize,
  color: Terminal["color"],
): string {
  const above = lines.slice(0, Math.max(0, height - 2));
  const empty = Array.from({ length: Math.max(0, height - 1 - above.length) }, () => "");
  const help = keys.map(([key, what]) => `${color.bold(key)} ${color.dim(what)}`).join("   ");
  return [...above, ...empty, ` ${help}`].map((line) => cut(line, width)).join("\n");
}

/** At most `width` columns of a line, whose colours don't count and are always ended. */
export function cut(line: string, width: number): string {
  let room = width;
  let result = "";
  for (const [part] of line.matchAll(STYLE_OR_CHARACTER)) {
    if (!part.startsWith(ESCAPE)) room -= displayWidth(part);
    if (part.startsWith(ESCAPE) || room >= 0) result += part;
  }
  return result;
}
