import type { Diagnostic } from "@cordon/cedar";
import { docsOf } from "./code-docs.js";

const COMMANDS = { error: "error", warning: "warning", info: "notice" } as const;

/**
 * Diagnostics as workflow commands, which GitHub shows beside the lines that they are about.
 *
 * @param folder of the project, from the root of the repository; empty where they are the same
 */
export function githubReport(diagnostics: readonly Diagnostic[], folder: string): string {
  return diagnostics
    .map(({ severity, code, message, help, file, range }) => {
      const place = range && {
        line: range.start.line,
        col: range.start.column,
        endLine: range.end.line,
        endColumn: range.end.column,
      };
      const properties = { file: folder === "" ? file : `${folder}/${file}`, ...place, title: code };
      const list = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
      const text = [message, ...(help === undefined ? [] : [`help: ${help}`]), docsOf(code)].join("\n");
      return `::${COMMANDS[severity]} ${list.join(",")}::${data(text)}`;
    })
    .join("\n");
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
