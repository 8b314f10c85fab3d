import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import { parseJson } from "@cordon/engine/json";
import { CommandError } from "../failure.js";

/** A JSON object as an option: its text, or `@file.json`, or `@-` for standard input. Integers keep all 64 bits. */
export async function parseObjectArgument(
  option: string,
  argument: string,
): Promise<Record<string, unknown>> {
  const text = argument.startsWith("@") ? await readTextArgument(option, argument.slice(1)) : argument;
  const value = parseText(option, text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CommandError("invalid_argument", `\`${option}\` is not a JSON object`, {
      help: `write members in braces: \`${option} '{"country": "DE"}'\``,
    });
  }
  return value as Record<string, unknown>;
}

/** A text that an option names the place of: a file, or `-` for standard input. */
export async function readTextArgument(option: string, path: string): Promise<string> {
  try {
    return path === "-" ? await readAll(process.stdin) : await readFile(path, "utf8");
  } catch (cause) {
    throw new CommandError("unreadable_file", `can't read \`${option}\` from \`${path}\``, {
      help: (cause as Error).message,
      cause,
    });
  }
}

function parseText(option: string, text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    const { line, column } = positionOf(cause);
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError("invalid_argument", `invalid JSON in \`${option}\`: ${message}`, {
      ...(line === undefined || column === undefined ? {} : { help: underline(text, line, column) }),
      cause,
    });
  }
}

function positionOf(error: unknown): { line?: number; column?: number } {
  const holder = error as { position?: { line?: number; column?: number }; line?: number; column?: number };
  return holder.position ?? holder;
}

/** The offending line with a caret under the place, cut to what fits on a screen. */
function underline(text: string, line: number, column: number): string {
  const source = text.split("\n")[line - 1] ?? "";
  const start = Math.max(0, column - 41);
  const shown = source.slice(start, start + 80);
  return `line ${line}, column ${column}\n    ${shown}\n    ${" ".repeat(column - 1 - start)}^`;
}
