import { renderRun } from "./render.js";
import { passes } from "./run.js";
import type { CaseResult, FileResult, MatrixResult, RunResult } from "./types.js";

/** A run in the form that continuous integration reads: a test suite a file, a test case a case or matrix. */
export function junitReport(run: RunResult): string {
  const total = run.passed + run.failed;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="cordon test" tests="${total}" failures="${run.failed}" time="${seconds(run.durationMs)}">`,
    ...run.files.flatMap(suiteLines),
    "</testsuites>",
    "",
  ].join("\n");
}

function suiteLines({ file, cases, matrices, durationMs }: FileResult): string[] {
  const results = [...cases, ...matrices];
  const failures = results.filter((result) => !passes(result)).length;
  return [
    `  <testsuite name="${escapeXml(file)}" file="${escapeXml(file)}" tests="${results.length}" failures="${failures}" time="${seconds(durationMs)}">`,
    ...results.flatMap((result) => caseLines(file, result)),
    "  </testsuite>",
  ];
}

function caseLines(file: string, result: CaseResult | MatrixResult): string[] {
  const { name, place } = result.kind === "case" ? result.test : result.matrix;
  const attributes = `classname="${escapeXml(file)}" name="${escapeXml(name)}" file="${escapeXml(file)}" line="${place.line}"`;
  if (passes(result)) return [`    <testcase ${attributes}/>`];
  const message = result.kind === "case" ? caseMessage(result) : `the matrix ${result.outcome}`;
  return [
    `    <testcase ${attributes}>`,
    `      <failure message="${escapeXml(message)}">${escapeXml(details(result))}</failure>`,
    "    </testcase>",
  ];
}

function caseMessage({ differences }: CaseResult): string {
  return differences
    .map(
      ({ what, expected, actual }) =>
        `${what}: expected ${[expected].flat().join(", ") || "none"}, answered ${[actual].flat().join(", ") || "none"}`,
    )
    .join("; ");
}

/** What a terminal would show of this failure alone. */
function details(result: CaseResult | MatrixResult): string {
  const file: FileResult = {
    file: "",
    cases: result.kind === "case" ? [result] : [],
    matrices: result.kind === "matrix" ? [result] : [],
    durationMs: 0,
  };
  const text = renderRun({ files: [file], questions: 0, passed: 0, failed: 1, durationMs: 0 });
  return text.split("\n").slice(2, -2).join("\n");
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** XML 1.0 has no way at all to write most control characters. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\u{fffd}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
