import { parentPort } from "node:worker_threads";
import { type Checker, createChecker } from "@cordon/analysis/check";
import type { LintDiagnostic } from "@cordon/analysis/lint";
import type { Changes } from "./check-thread.js";

let checker: Checker | undefined;
const sent = new Map<string, string>();

parentPort?.on("message", (changes: Changes) => {
  if (checker === undefined) {
    checker = createChecker(
      changes.flatMap(([path, text]) => (text === null ? [] : [[path, text] as const])),
    );
  } else for (const [path, text] of changes) checker.update(path, text);
  parentPort?.postMessage(changed(checker.diagnostics()));
});

/** Only files of which something else is found now: a project can have thousands of findings. */
function changed(
  found: ReadonlyMap<string, readonly LintDiagnostic[]>,
): [string, readonly LintDiagnostic[]][] {
  return [...new Set([...sent.keys(), ...found.keys()])].flatMap(
    (path): [string, readonly LintDiagnostic[]][] => {
      const list = found.get(path) ?? [];
      const text = JSON.stringify(list);
      if ((sent.get(path) ?? "[]") === text) return [];
      if (list.length === 0) sent.delete(path);
      else sent.set(path, text);
      return [[path, list]];
    },
  );
}
