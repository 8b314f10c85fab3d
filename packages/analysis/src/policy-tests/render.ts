import { type Explanation, type PolicyExplanation, renderExplanation } from "@cordon/engine";
import { nameOf } from "./case-reader.js";
import { drawGrid, LEGEND, MARKS } from "./grid.js";
import { counted, type Paint, paintFor, printable } from "./paint.js";
import { passes } from "./run.js";
import type {
  CaseResult,
  CellChange,
  Difference,
  FileResult,
  MatrixResult,
  Place,
  RunResult,
} from "./types.js";

export interface RenderOptions {
  readonly color?: boolean;
  /** Every case by its name, not only those that fail. */
  readonly verbose?: boolean;
  /** Every matrix, not only those that differ. */
  readonly grids?: boolean;
}

/** Policies that nearly permitted, of a question that was to be allowed. */
const NEAR = 2;
const MAX_CHANGES = 20;

/** A run for people: a line a file, then every failure with what explains it, then the sum. */
export function renderRun(run: RunResult, options: RenderOptions = {}): string {
  const paint = paintFor(options.color === true);
  const lines: string[] = [];
  const width = Math.max(0, ...run.files.map(({ file }) => printable(file).length));
  for (const file of run.files) {
    lines.push(fileLine(file, width, paint));
    if (options.verbose === true) lines.push(...verboseLines(file, paint));
  }
  for (const { cases, matrices } of run.files) {
    for (const result of cases) if (!passes(result)) lines.push("", ...failedCase(result, options, paint));
    for (const result of matrices) {
      if (!passes(result)) lines.push("", ...failedMatrix(result, paint));
      else if (options.grids === true) lines.push("", ...drawnMatrix(result, paint));
    }
  }
  const isDrawn = (result: MatrixResult) =>
    passes(result) ? options.grids === true : result.outcome !== "unreadable";
  if (run.files.some(({ matrices }) => matrices.some(isDrawn))) lines.push("", paint.faint(LEGEND));
  lines.push("", summary(run, paint));
  return lines.join("\n");
}

function fileLine({ file, cases, matrices }: FileResult, width: number, paint: Paint): string {
  const failed = [...cases, ...matrices].filter((result) => !passes(result)).length;
  const what = [
    ...(cases.length > 0 ? [counted(cases.length, "case")] : []),
    ...(matrices.length > 0 ? [counted(matrices.length, "matrix", "matrices")] : []),
  ].join(", ");
  const sign = failed === 0 ? paint.good("✓") : paint.bad("✗");
  const failures = failed === 0 ? "" : paint.bad(`, ${failed} failed`);
  return `${sign} ${printable(file).padEnd(width)}  ${paint.faint(what)}${failures}`;
}

function verboseLines({ cases, matrices }: FileResult, paint: Paint): string[] {
  const names = [...cases.map((result) => [result.test.name, passes(result)] as const)];
  for (const result of matrices) names.push([result.matrix.name, passes(result)]);
  return names.map(([name, good]) => `    ${good ? paint.good("✓") : paint.bad("✗")} ${printable(name)}`);
}

function failedCase(result: CaseResult, { color }: RenderOptions, paint: Paint): string[] {
  const { test, differences, explanation } = result;
  const question = printable(nameOf(test.request));
  const lines = [heading(test.name, test.place, paint)];
  if (!test.name.includes(question)) lines.push(`    ${paint.faint(question)}`);
  for (const difference of differences) lines.push(...differenceLines(difference, paint));
  const relevant = explanation === null ? [] : relevantPolicies(result, explanation);
  if (explanation !== null && relevant.length > 0) {
    const shown = { ...explanation, policies: relevant };
    const why = renderExplanation(shown, { color: color === true, all: true })
      .trimEnd()
      .split("\n");
    lines.push("", ...why.map((line) => (line === "" ? "" : `    ${line}`)));
  }
  return lines;
}

function heading(name: string, { file, line, column }: Place, paint: Paint): string {
  return `${paint.bad("✗")} ${paint.strong(printable(name))}  ${paint.faint(`${printable(file)}:${line}:${column}`)}`;
}

function differenceLines({ what, expected, actual }: Difference, paint: Paint): string[] {
  const label = (shown: string) => `    ${shown.padEnd(11)}`;
  if (typeof expected === "string" && typeof actual === "string") {
    return [
      `${label(what)} ${paint.good(`expected ${printable(expected)}`)}`,
      `${label("")} ${paint.bad(`answered ${printable(actual)}`)}`,
    ];
  }
  const [wanted, found] = [[expected].flat(), [actual].flat()];
  const missing = wanted.filter((name) => !found.includes(name));
  const extra = found.filter((name) => !wanted.includes(name));
  const rows = [
    ...missing.map((name) => paint.good(`- ${printable(name)}`) + paint.faint("  expected, not there")),
    ...extra.map((name) => paint.bad(`+ ${printable(name)}`) + paint.faint("  there, not expected")),
  ];
  return rows.map((row, index) => `${label(index === 0 ? what : "")} ${row}`);
}

/** Those that decided, those that should have, those that failed, and what came near to permitting. */
function relevantPolicies({ test, answer }: CaseResult, { policies }: Explanation): PolicyExplanation[] {
  const expected = new Set([...(test.expected.policies ?? []), ...(test.expected.errors ?? [])]);
  const named = policies.filter(
    ({ policyId, determining, outcome }) => determining || outcome === "error" || expected.has(policyId),
  );
  const decision = "decision" in answer ? answer.decision.decision : "deny";
  const wantsPermit = test.expected.decision === "allow" && decision === "deny";
  if (!wantsPermit || named.some(({ determining, policyId }) => determining || expected.has(policyId)))
    return named;
  const near = policies.filter(
    ({ effect, outcome, scope }) =>
      effect === "permit" &&
      outcome === "not_satisfied" &&
      scope.every(({ part, holds }) => part !== "action" || holds),
  );
  return [...named, ...near.slice(0, NEAR)];
}

function failedMatrix(result: MatrixResult, paint: Paint): string[] {
  const { matrix, outcome, changes } = result;
  const path = printable(matrix.snapshot?.path ?? "");
  const lines = [heading(matrix.name, matrix.place, paint)];
  if (outcome === "missing") {
    lines.push(`    there is no reviewed grid yet in ${path}`);
    lines.push(`    ${paint.faint("help")}: look at the grid below; \`cordon test --update\` keeps it`, "");
    return [...lines, ...drawn(result, paint)];
  }
  if (outcome === "unreadable") {
    lines.push(`    ${path} is not a grid any more`);
    lines.push(`    ${paint.faint("help")}: \`cordon test --update\` writes it anew`);
    return lines;
  }
  lines.push(`    ${counted(changes.length, "cell differs", "cells differ")} from ${path}`, "");
  lines.push(...drawn(result, paint), "");
  lines.push(...changes.slice(0, MAX_CHANGES).map((change) => `    ${changeLine(change, paint)}`));
  if (changes.length > MAX_CHANGES) lines.push(`    … and ${changes.length - MAX_CHANGES} more`);
  lines.push(
    "",
    `    ${paint.faint("help")}: \`cordon test --update\` keeps the new grid, once it is as it should be`,
  );
  return lines;
}

function drawnMatrix(result: MatrixResult, paint: Paint): string[] {
  return [paint.strong(printable(result.matrix.name)), "", ...drawn(result, paint)];
}

function drawn({ matrix, grid, changes }: MatrixResult, paint: Paint): string[] {
  const dress = (mark: keyof typeof MARKS, changed: boolean, text: string) => {
    const styled =
      mark === "allow"
        ? paint.good(text)
        : mark === "deny" || mark === "inapplicable"
          ? paint.faint(text)
          : paint.bad(text);
    return changed ? paint.strong(styled) : styled;
  };
  return drawGrid(matrix, grid, dress, changes).map((line) => (line === "" ? "" : `    ${line}`));
}

function changeLine({ principal, action, resource, before, after, why }: CellChange, paint: Paint): string {
  const who = printable(`${principal} ${action} ${resource}`);
  if (after === undefined) return `${paint.doubtful("-")} ${who}  ${paint.faint(`was ${before}; ${why}`)}`;
  const sign = after === "allow" ? paint.good("+") : paint.bad("-");
  const was = before === undefined ? "new" : `${MARKS[before]} → ${MARKS[after]}`;
  return `${sign} ${who}  ${was}  ${paint.faint(printable(why))}`;
}

function summary({ passed, failed, questions, durationMs }: RunResult, paint: Paint): string {
  const time =
    durationMs < 1000 ? `${Math.max(1, Math.round(durationMs))} ms` : `${(durationMs / 1000).toFixed(1)} s`;
  const counts = [
    ...(failed > 0 ? [paint.bad(`${failed} failed`)] : []),
    passed > 0 || failed === 0 ? paint.good(`${passed} passed`) : "",
  ].filter((text) => text !== "");
  return `${counts.join(", ")}  ${paint.faint(`${counted(questions, "question")} in ${time}`)}`;
}
