import { type Diagnostic, TextPositions } from "@cordon/cedar";
import { Answering, passes, type RunResult, type TestSuite } from "../policy-tests/index.js";

/** The policies that determine some answer that a test expects. */
export function testedPolicies(suite: TestSuite, { files }: RunResult): Set<string> {
  const answering = new Answering(suite);
  const seen = new Set<string>();
  for (const { cases, matrices } of files) {
    const cells = matrices
      .filter(({ matrix }) => matrix.snapshot !== null)
      .flatMap(({ matrix }) => matrix.cells);
    const answers = [...cases.map(({ answer }) => answer), ...cells.map((cell) => answering.answer(cell))];
    for (const answer of answers) {
      if ("decision" in answer) for (const { id } of answer.decision.policies) seen.add(id);
    }
  }
  return seen;
}

/** Tests that fail, for those who read diagnostics only. */
export function failedTests({ files }: RunResult, texts: ReadonlyMap<string, string>): Diagnostic[] {
  return files.flatMap(({ cases, matrices }) => {
    const failed = [
      ...cases.map((result) => ({ result, ...result.test, problem: differencesOf(result.differences) })),
      ...matrices.map((result) => ({ result, ...result.matrix, problem: `its grid ${result.outcome}` })),
    ].filter(({ result }) => !passes(result));
    return failed.map(({ name, place, problem }): Diagnostic => {
      const positions = new TextPositions(texts.get(place.file) ?? "");
      const line = positions.line(place.line);
      const start = lineStart(texts.get(place.file) ?? "", place.line) + place.column - 1;
      const end = start + Math.max(1, line.trimEnd().length - place.column + 1);
      return {
        code: "test_failed",
        severity: "error",
        message: `the test \`${name}\` fails: ${problem}`,
        help: "`cordon test` shows why",
        file: place.file,
        range: positions.range(start, end),
      };
    });
  });
}

function differencesOf(differences: RunResult["files"][number]["cases"][number]["differences"]): string {
  const list = (names: string | readonly string[]) =>
    typeof names === "string" ? names : names.join(", ") || "none";
  return differences
    .map(({ what, expected, actual }) => `${what} is ${list(actual)}, expected ${list(expected)}`)
    .join("; ");
}

function lineStart(text: string, line: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) start = text.indexOf("\n", start) + 1;
  return start;
}
