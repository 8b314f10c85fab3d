import { join } from "node:path";
import { OpenProject, TestsCheck } from "@cordon/analysis/language";
import type { LintDiagnostic } from "@cordon/analysis/lint";
import { type Changes, CheckThread } from "./check-thread.js";
import { DeepCheck, type DeepReport } from "./deep-check.js";
import { readProjectFiles } from "./project-files.js";

/** One project that a client has files of, as the client has them. */
export class Session {
  readonly folder: string;
  readonly project: OpenProject;
  readonly #deepCheck: DeepCheck;
  readonly #tests = new TestsCheck();
  readonly #checker = new CheckThread();
  /** What the checker doesn't know yet; of the first check, all files. */
  readonly #changed: Set<string>;
  readonly #found = new Map<string, readonly LintDiagnostic[]>();
  #report: DeepReport | null = null;
  #reported: ReadonlyMap<string, readonly LintDiagnostic[]> = new Map();

  /** @param onReport called when a check of the whole folder has ended */
  constructor(folder: string, onReport: () => void) {
    this.folder = folder;
    this.project = new OpenProject(readProjectFiles(folder));
    this.#changed = new Set(this.#checkedPaths());
    this.#deepCheck = new DeepCheck(folder, (report) => {
      this.#report = report;
      this.#reported = byFile(report.diagnostics);
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
    return this.#report?.tests ?? null;
  }

  /** Lets the checker see the texts as they are now; one call at a time. */
  async check(): Promise<void> {
    const changes: Changes = [...this.#changed].map((path) => [
      path,
      this.project.document(path)?.text ?? null,
    ]);
    if (changes.length === 0) return;
    this.#changed.clear();
    for (const [path, found] of await this.#checker.check(changes)) this.#found.set(path, found);
  }

  /** All that is wrong with each file, as far as it was checked. */
  diagnostics(): Map<string, LintDiagnostic[]> {
    const found = new Map([...this.#found].map(([path, list]) => [path, [...list]]));
    const add = (path: string, list: readonly LintDiagnostic[]) => {
      if (list.length > 0) found.set(path, [...(found.get(path) ?? []), ...list]);
    };
    // What tests find, or all of the folder together, holds of files that are still as they were then.
    for (const [path, reported] of this.#reported) {
      if (!this.#isAsReported(path)) continue;
      const known = new Set((this.#found.get(path) ?? []).map(keyOf));
      add(
        path,
        reported.filter((diagnostic) => !known.has(keyOf(diagnostic))),
      );
    }
    for (const document of this.project.documents("tests")) {
      if (!this.#isAsReported(document.path))
        add(document.path, this.#tests.diagnose(this.project, document));
    }
    return found;
  }

  async close(): Promise<void> {
    await Promise.all([this.#deepCheck.close(), this.#checker.close()]);
  }

  #checkedPaths(): string[] {
    const roles = ["settings", "schema", "policy", "entities"] as const;
    return roles.flatMap((role) => this.project.documents(role).map(({ path }) => path));
  }

  #isAsReported(path: string): boolean {
    return this.#report !== null && this.#report.texts[path] === this.project.document(path)?.text;
  }
}

function byFile(diagnostics: readonly LintDiagnostic[]): Map<string, LintDiagnostic[]> {
  const files = new Map<string, LintDiagnostic[]>();
  for (const diagnostic of diagnostics) {
    files.set(diagnostic.file, [...(files.get(diagnostic.file) ?? []), diagnostic]);
  }
  return files;
}

function keyOf({ code, range, message }: LintDiagnostic): string {
  return JSON.stringify([code, range?.start.offset, range?.end.offset, message]);
}
