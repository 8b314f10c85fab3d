import type { Diagnostic } from "./diagnostics.js";
import { type Range, TextPositions } from "./positions.js";
import { layOut } from "./terminal-text.js";

export interface RenderOptions {
  /** ANSI colours; off unless asked for. */
  color?: boolean;
}

type Style = Diagnostic["severity"] | "bold" | "frame" | "help";

const ANSI: Record<Style, string> = {
  error: "\x1b[1;31m",
  warning: "\x1b[1;33m",
  info: "\x1b[1;36m",
  bold: "\x1b[1m",
  frame: "\x1b[34m",
  help: "\x1b[36m",
};

/** Wider source lines are cut around what is underlined: a generated policy may be one line of thousands. */
const MAX_CELLS = 140;
const CONTEXT_CELLS = 40;

/**
 * A diagnostic for people, in the manner of a compiler: what is wrong, where, the source line with the wrong
 * part underlined, and help. No trailing line break.
 *
 * @param text the whole text of `diagnostic.file`; without it, only the place is named
 */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  text: string | undefined,
  options: RenderOptions = {},
): string {
  const paint = (style: Style, words: string) => (options.color ? `${ANSI[style]}${words}\x1b[0m` : words);
  const { severity, code, message, file, range, help } = diagnostic;
  const lines = [`${paint(severity, `${severity}[${code}]`)}${paint("bold", `: ${oneLine(message)}`)}`];
  const gutter = " ".repeat(range ? String(range.start.line).length : 1);
  const place = range ? `${file}:${range.start.line}:${range.start.column}` : file;
  lines.push(`${gutter}${paint("frame", "-->")} ${oneLine(place)}`);
  if (range && text !== undefined) {
    const { source, underline } = excerpt(text, range);
    const bar = paint("frame", "|");
    lines.push(`${gutter} ${bar}`);
    lines.push(`${paint("frame", String(range.start.line))} ${bar} ${source}`.trimEnd());
    lines.push(
      `${gutter} ${bar} ${" ".repeat(underline.from)}${paint(severity, "^".repeat(underline.width))}`,
    );
  }
  if (help !== undefined)
    lines.push(`${gutter} ${paint("frame", "=")} ${paint("help", "help")}: ${oneLine(help)}`);
  return lines.join("\n");
}

/** Messages quote what is in the file: control characters in it must not reach the terminal. */
function oneLine(words: string): string {
  return words
    .split("\n")
    .map((line) => layOut(line).text.trim())
    .join(" ");
}

interface Excerpt {
  source: string;
  underline: { from: number; width: number };
}

function excerpt(text: string, range: Range): Excerpt {
  const line = new TextPositions(text).line(range.start.line);
  const { text: shown, cells } = layOut(line);
  const total = cells.at(-1) ?? 0;
  const from = cells[range.start.column - 1] ?? total;
  const to = range.end.line > range.start.line ? total : (cells[range.end.column - 1] ?? total);
  // What is missing has no width: it is shown where it should be.
  const width = Math.max(1, to - from);
  if (total <= MAX_CELLS) return { source: shown, underline: { from, width } };
  return cut(line, from, width);
}

/** The part of a long line around the underlined cells, with dots where something was left out. */
function cut(line: string, from: number, width: number): Excerpt {
  const { text } = layOut(line);
  const start = Math.max(0, from - CONTEXT_CELLS);
  const kept = Math.min(width, MAX_CELLS - CONTEXT_CELLS);
  const source = sliceCells(text, start, start + MAX_CELLS);
  const before = start > 0 ? "…" : "";
  return { source: `${before}${source}…`, underline: { from: from - start + before.length, width: kept } };
}

function sliceCells(laidOut: string, start: number, end: number): string {
  const { cells } = layOut(laidOut);
  const first = cells.findIndex((cell) => cell >= start);
  const last = cells.findIndex((cell) => cell >= end);
  return laidOut.slice(Math.max(first, 0), last < 0 ? undefined : last);
}
