import type { Diagnostic } from "@cordon/cedar";
import { isLintId, LINT_IDS, type LintDiagnostic, lintOf } from "../lint/index.js";
import { docsOf } from "./code-docs.js";

const LEVELS = { error: "error", warning: "warning", info: "note", off: "none" } as const;

export interface SarifOptions {
  readonly version: string;
  /** Of the project, from the root of the repository; empty where they are the same. */
  readonly folder: string;
  readonly texts: ReadonlyMap<string, string>;
}

/** Diagnostics in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS). */
export function sarifReport(diagnostics: readonly LintDiagnostic[], options: SarifOptions): object {
  const codes = [...new Set([...LINT_IDS, ...diagnostics.map(({ code }) => code)])];
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "cordon", semanticVersion: options.version, rules: codes.map(ruleOf) } },
        columnKind: "utf16CodeUnits",
        results: diagnostics.map((diagnostic) => ({
          ruleId: diagnostic.code,
          ruleIndex: codes.indexOf(diagnostic.code),
          level: LEVELS[diagnostic.severity],
          message: { text: textOf(diagnostic) },
          locations: [{ physicalLocation: locationOf(diagnostic, options) }],
          ...fixesOf(diagnostic, options),
        })),
      },
    ],
  };
}

function ruleOf(code: string): object {
  if (!isLintId(code)) return { id: code, help: { text: docsOf(code) } };
  const { summary, explanation, level } = lintOf(code);
  return {
    id: code,
    shortDescription: { text: `${summary[0]?.toUpperCase()}${summary.slice(1)}.` },
    fullDescription: { text: explanation },
    help: { text: docsOf(code), markdown: explanation },
    defaultConfiguration: { level: LEVELS[level], enabled: level !== "off" },
  };
}

function textOf({ message, help }: Diagnostic): string {
  return help === undefined ? message : `${message}\nhelp: ${help}`;
}

function artifactOf(file: string, { folder }: SarifOptions): object {
  const path = folder === "" ? file : `${folder}/${file}`;
  return { uri: path.split("/").map(encodeURIComponent).join("/") };
}

function locationOf({ file, range }: Diagnostic, options: SarifOptions): object {
  const region = range && {
    startLine: range.start.line,
    startColumn: range.start.column,
    endLine: range.end.line,
    endColumn: range.end.column,
  };
  return { artifactLocation: artifactOf(file, options), ...(region ? { region } : {}) };
}

function fixesOf({ fix, file, message }: LintDiagnostic, options: SarifOptions): object {
  const text = options.texts.get(file);
  if (fix === undefined || text === undefined) return {};
  const replacements = fix.map(({ start, end, text: inserted }) => ({
    // Offsets of SARIF are in the units of `columnKind`, as ours are.
    deletedRegion: { charOffset: start, charLength: end - start },
    insertedContent: { text: inserted },
  }));
  const artifactChanges = [{ artifactLocation: artifactOf(file, options), replacements }];
  return { fixes: [{ description: { text: `mend: ${message}` }, artifactChanges }] };
}
