import { passes } from "./run.js";
import type { CaseResult, MatrixResult, RunResult } from "./types.js";

/** A run for programs. */
export function jsonReport(run: RunResult): object {
  const { questions, passed, failed, durationMs } = run;
  return {
    summary: { passed, failed, questions, durationMs: Math.round(durationMs * 10) / 10 },
    files: run.files.map(({ file, cases, matrices }) => ({
      file,
      cases: cases.map(caseReport),
      matrices: matrices.map(matrixReport),
    })),
  };
}

function caseReport(result: CaseResult): object {
  const { test, answer, differences, explanation } = result;
  const { line, column } = test.place;
  return {
    name: test.name,
    line,
    column,
    passed: passes(result),
    request: test.request,
    now: test.now.toISOString(),
    ...("decision" in answer
      ? decided(answer.decision)
      : { error: answer.refused.code, message: answer.refused.message }),
    ...(differences.length === 0 ? {} : { differences, explanation }),
  };
}

function decided({
  decision,
  reason,
  policies,
  obligations,
  errors,
}: Extract<CaseResult["answer"], { decision: unknown }>["decision"]) {
  return {
    decision,
    reason: reason.code,
    policies: policies.map(({ id }) => id),
    obligations: obligations.map(({ id }) => id),
    errors,
  };
}

function matrixReport(result: MatrixResult): object {
  const { matrix, grid, outcome, changes } = result;
  return {
    name: matrix.name,
    line: matrix.place.line,
    column: matrix.place.column,
    passed: passes(result),
    outcome,
    snapshot: matrix.snapshot?.path ?? null,
    cells: grid.map(({ cell, mark, why }) => ({
      principal: cell.principal,
      action: cell.action,
      resource: cell.resource,
      mark,
      why,
    })),
    changes,
  };
}
