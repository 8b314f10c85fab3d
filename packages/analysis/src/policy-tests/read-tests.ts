import type { Diagnostic } from "@cordon/cedar";
import type { Bundle, EntityStore } from "@cordon/engine";
import { formatPath, readYaml, type YamlFile } from "@cordon/pdp/project";
import { CaseReader } from "./case-reader.js";
import { TEST_SHAPE, type TestFileContent } from "./format.js";
import { readMatrix } from "./matrix-reader.js";
import { tableCases } from "./table-reader.js";
import type { Matrix, TestCase, TestFile } from "./types.js";

/** What tests are read against. */
export interface TestProject {
  readonly bundle: Bundle;
  readonly store: EntityStore;
  /** A store with nothing but the schema's actions. */
  readonly actionsOnly: EntityStore;
  /** The text of a snapshot, by its path relative to the project; undefined where there is no such file. */
  readonly snapshots: ReadonlyMap<string, string>;
}

export interface ReadTests {
  /** Absent when the file has an error. */
  readonly tests?: TestFile;
  readonly diagnostics: readonly Diagnostic[];
}

/** One file of tests; whatever in it can't mean what its author meant is reported at its place. */
export function readTests(file: string, text: string, project: TestProject): ReadTests {
  const yaml = readYaml(file, text, TEST_SHAPE);
  if (yaml.value === undefined) return { diagnostics: yaml.diagnostics };
  const diagnostics = [...yaml.diagnostics];
  const report = reporter(file, yaml, diagnostics);
  const tests = build(file, yaml.value, yaml, project, report);
  return diagnostics.some(({ severity }) => severity === "error") ? { diagnostics } : { tests, diagnostics };
}

/** Says what is wrong at a path of the file. */
export type Report = (
  path: readonly PropertyKey[],
  problem: { code: string; message: string; help: string; onKey?: boolean },
) => void;

function reporter(file: string, yaml: YamlFile<unknown>, diagnostics: Diagnostic[]): Report {
  return (path, { code, message, help, onKey }) => {
    const range = onKey === true ? yaml.locateKey(path) : yaml.locate(path);
    diagnostics.push({
      code,
      severity: "error",
      message:
        path.length === 0
          ? message
          : `\`${formatPath(path)}\`${message.startsWith(":") ? "" : " "}${message}`,
      help,
      file,
      ...(range === undefined ? {} : { range }),
    });
  };
}

function build(
  file: string,
  content: TestFileContent,
  yaml: YamlFile<unknown>,
  project: TestProject,
  report: Report,
): TestFile {
  const reader = new CaseReader(file, content, yaml, project, report);
  const cases: TestCase[] = [];
  for (const [index, given] of content.cases.entries()) {
    const read = reader.read(given, ["cases", index], given.name);
    if (read !== undefined) cases.push(read);
  }
  for (const [index, table] of content.tables.entries()) {
    cases.push(...tableCases(table, ["tables", index], reader, report));
  }
  const matrices: Matrix[] = [];
  const names = new Set<string>();
  for (const [index, given] of content.matrices.entries()) {
    const path = ["matrices", index];
    if (names.has(given.name)) {
      const help = "name each matrix of a file differently: its snapshot is called after it";
      report([...path, "name"], {
        code: "tests_duplicate_name",
        message: `is there twice: \`${given.name}\``,
        help,
      });
    }
    names.add(given.name);
    const matrix = readMatrix(given, path, reader);
    if (matrix !== undefined) matrices.push(matrix);
  }
  if (cases.length === 0 && matrices.length === 0 && content.cases.length + content.tables.length === 0) {
    report([], {
      code: "tests_empty",
      message: "there is no test in this file",
      help: "write `cases`, `tables` or `matrices`",
    });
  }
  return { file, cases, matrices };
}
