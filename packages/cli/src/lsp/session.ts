import { join } from "node:path";
import { type Checker, createChecker } from "@cordon/analysis/check";
import { OpenProject, TestsCheck } from "@cordon/analysis/language";
import type { LintDiagnostic } from "@cordon/analysis/lint";
import { DeepCheck, type DeepReport } from "./deep-check.js";
import { readProjectFiles } from "./project-files.js";

/** One project that a client has files of, as the client has them. */
export class Session {
  readonly folder: string;
  readonly project: OpenProject;
  readonly #deepCheck: DeepCheck;
  readonly #tests = new TestsCheck();
  #checker: Checker | null = null;
  readonly #changed = new Set<string>();
  #deep: { report: DeepReport; extras: ReadonlyMap<string, readonly LintDiagnostic[]> } | null = null;

  /** @param onReport called when a check of the whole folder has ended */
  constructor(folder: string, onReport: () => void) {
    this.folder = folder;
    this.project = new OpenProject(readProjectFiles(folder));
    this.#deepCheck = new DeepCheck(folder, (report) => {
      this.#take(report);
      onReport();
    });
  }

  fileOf(path: string): string {
    return join(this.folder, path);
  }

  /** @param text null for a file that is gone */
  update(path: string, text: string | null): void {
    this.project.update(path, text);
    this.#changed.add(path);
  }

  /** Whatever needs the tests to be run, or all of the folder to be looked at, if there is anything of the kind. */
  checkDeeply(): void {
    const { project } = this;
    if (project.documents("tests").length > 0 || project.settings.links.length > 0) this.#deepCheck.start();
  }

  /** How many test cases each policy determined the answer of; null where that isn't known. */
  get tests(): Readonly<Record<string, number>> | null {
    return this.#deep?.report.tests ?? null;
  }

  /** All that is wrong with each file, as it is now. */
  diagnostics(): Map<string, LintDiagnostic[]> {
    const found = new Map([...this.#live()].map(([path, list]) => [path, [...list]]));
    const add = (path: string, list: readonly LintDiagnostic[]) => {
      if (list.length > 0) found.set(path, [...(found.get(path) ?? []), ...list]);
    };
    for (const [path, extras] of this.#deep?.extras ?? []) if (this.#isAsChecked(path)) add(path, extras);
    for (const document of this.project.documents("tests")) {
      if (!this.#isAsChecked(document.path)) add(document.path, this.#tests.diagnose(this.project, document));
    }
    return found;
  }

  close(): Promise<void> {
    return this.#deepCheck.close();
  }

  /** The checker's findings, brought up to date at the cost of what changed. */
  #live(): ReadonlyMap<string, readonly LintDiagnostic[]> {
    if (this.#checker === null) {
      this.#checker = createChecker(this.#texts());
    } else {
      for (const path of this.#changed) this.#checker.update(path, this.project.document(path)?.text ?? null);
    }
    this.#changed.clear();
    return this.#checker.diagnostics();
  }

  *#texts(): Iterable<[string, string]> {
    for (const role of ["settings", "schema", "policy", "entities"] as const) {
      for (const { path, text } of this.project.documents(role)) yield [path, text];
    }
  }

  #isAsChecked(path: string): boolean {
    return this.#deep !== null && this.#deep.report.texts[path] === this.project.document(path)?.text;
  }

  /** Keeps of a report what the checker of edits doesn't find. */
  #take(report: DeepReport): void {
    const known = new Set([...this.#live().values()].flat().map(keyOf));
    const extras = new Map<string, LintDiagnostic[]>();
    for (const diagnostic of report.diagnostics) {
      if (known.has(keyOf(diagnostic))) continue;
      extras.set(diagnostic.file, [...(extras.get(diagnostic.file) ?? []), diagnostic]);
    }
    this.#deep = { report, extras };
  }
}

function keyOf({ file, code, range, message }: LintDiagnostic): string {
  return JSON.stringify([file, code, range?.start.offset, range?.end.offset, message]);
}
