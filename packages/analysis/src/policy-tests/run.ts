import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Answering } from "./answering.js";
import { compareGrid, markOf, readSnapshot, snapshotText, whyOf } from "./grid.js";
import { judge } from "./judge.js";
import type {
  CaseResult,
  FileResult,
  Grid,
  Matrix,
  MatrixResult,
  RunResult,
  TestCase,
  TestFile,
  TestSuite,
} from "./types.js";

/** Asks every question of a suite and compares the answers with what was expected. */
export function runSuite(suite: TestSuite): RunResult {
  const started = performance.now();
  const answering = new Answering(suite);
  const files = suite.files.map((file) => runFile(file, answering));
  const results = files.flatMap(({ cases, matrices }) => [...cases, ...matrices]);
  const failed = results.filter((result) => !passes(result)).length;
  return {
    files,
    questions: suite.files.reduce(
      (sum, { cases, matrices }) =>
        sum + cases.length + matrices.reduce((all, { cells }) => all + cells.length, 0),
      0,
    ),
    passed: results.length - failed,
    failed,
    durationMs: performance.now() - started,
  };
}

export function passes(result: CaseResult | MatrixResult): boolean {
  if (result.kind === "case") return result.differences.length === 0;
  return result.outcome === "same" || result.outcome === "drawn";
}

function runFile({ file, cases, matrices }: TestFile, answering: Answering): FileResult {
  const started = performance.now();
  const results = {
    file,
    cases: cases.map((test) => runCase(test, answering)),
    matrices: matrices.map((matrix) => runMatrix(matrix, answering)),
  };
  return { ...results, durationMs: performance.now() - started };
}

function runCase(test: TestCase, answering: Answering): CaseResult {
  const answer = answering.answer(test);
  const differences = judge(test.expected, answer);
  const explanation = differences.length === 0 ? null : answering.explain(test).explanation;
  return { kind: "case", test, answer, differences, explanation };
}

function runMatrix(matrix: Matrix, answering: Answering): MatrixResult {
  const grid: Grid = matrix.cells.map((cell) => {
    const answer = answering.answer(cell);
    return { cell, mark: markOf(answer), why: whyOf(answer) };
  });
  const result = { kind: "matrix", matrix, grid, changes: [] } as const;
  if (matrix.snapshot === null) return { ...result, outcome: "drawn" };
  if (matrix.snapshot.text === undefined) return { ...result, outcome: "missing" };
  const reviewed = readSnapshot(matrix.snapshot.text);
  if (reviewed === undefined) return { ...result, outcome: "unreadable" };
  const changes = compareGrid(grid, reviewed);
  return { ...result, outcome: changes.length === 0 ? "same" : "differs", changes };
}

/** Writes the grids of a run that differ from their snapshots; returns the files written. */
export async function updateSnapshots(directory: string, { files }: RunResult): Promise<string[]> {
  const written: string[] = [];
  for (const { matrix, grid } of files.flatMap(({ matrices }) => matrices)) {
    const { snapshot } = matrix;
    if (snapshot === null) continue;
    const text = snapshotText(matrix, grid);
    if (text === snapshot.text) continue;
    const path = join(directory, snapshot.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    written.push(snapshot.path);
  }
  return written;
}

/** The suite with only those tests whose file or name has the text in it. */
export function filterSuite(suite: TestSuite, filter: string): TestSuite {
  const wanted = filter.toLowerCase();
  const files = suite.files.flatMap((file) => {
    const keep = ({ name }: { name: string }) => `${file.file} › ${name}`.toLowerCase().includes(wanted);
    const [cases, matrices] = [file.cases.filter(keep), file.matrices.filter(keep)];
    return cases.length + matrices.length === 0 ? [] : [{ ...file, cases, matrices }];
  });
  return { ...suite, files };
}
