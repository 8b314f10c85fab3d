export { Answering } from "./answering.js";
export { testsJsonSchema } from "./format.js";
export { markOf } from "./grid.js";
export { jsonReport } from "./json-report.js";
export { judge } from "./judge.js";
export { junitReport } from "./junit.js";
export { type LoadedSuite, loadSuite } from "./load-suite.js";
export { counted, type Paint, paintFor, printable } from "./paint.js";
export { type ReadTests, readTests, type TestProject } from "./read-tests.js";
export { renderRun } from "./render.js";
export { filterSuite, passes, runSuite, updateSnapshots } from "./run.js";
export type {
  Answered,
  CaseResult,
  FileResult,
  Matrix,
  MatrixResult,
  Question,
  RunResult,
  TestCase,
  TestFile,
  TestSuite,
} from "./types.js";
