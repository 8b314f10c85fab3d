import { type Logger, pino } from "pino";
import { printable } from "../render/printable.js";
import type { Terminal } from "../terminal.js";

export interface ServerLogOptions {
  level: string;
  /** Lines for people instead of JSON. */
  pretty: boolean;
  color: Terminal["errorColor"];
}

/** The server's own report, on standard error: JSON lines for machines, or one plain line each for people. */
export function openServerLog({ level, pretty, color }: ServerLogOptions): Logger {
  const settings = { level, timestamp: pino.stdTimeFunctions.isoTime, base: null };
  if (!pretty) return pino(settings, pino.destination({ dest: 2, sync: true }));
  return pino(settings, { write: (line: string) => void process.stderr.write(prettyLine(line, color)) });
}

const names: Record<number, string> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};

function prettyLine(line: string, color: Terminal["errorColor"]): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const name = names[Number(level)] ?? "info";
  const style = { warn: color.yellow, error: color.red, fatal: color.red }[name] ?? color.cyan;
  const told = Object.entries(fields).map(([key, value]) => color.dim(`${key}=${fieldText(value)}`));
  const error = isErrorField(err) ? [color.red(printable(err.message))] : [];
  const clock = color.dim(String(time).slice(11, 23));
  return `${[clock, style(name.padEnd(5)), printable(String(msg ?? "")), ...error, ...told].join(" ")}\n`;
}

function fieldText(value: unknown): string {
  return typeof value === "string" ? printable(value) : JSON.stringify(value);
}

function isErrorField(value: unknown): value is { message: string } {
  return (
    typeof value === "object" && value !== null && "message" in value && typeof value.message === "string"
  );
}
