import type { FixedFile } from "@cordon/analysis/check";
import type { Terminal } from "../terminal.js";

/** The lines that change, as a diff without context. */
export function renderFixes(files: readonly FixedFile[], color: Terminal["color"]): string {
  return files
    .map(({ path, before, edits }) => {
      const hunks = edits.map((edit) => {
        const start = before.lastIndexOf("\n", edit.start - 1) + 1;
        const newline = before.indexOf("\n", Math.max(edit.end - 1, edit.start));
        const end = newline < 0 ? before.length : newline;
        const line = before.slice(0, start).split("\n").length;
        const old = before.slice(start, end);
        const changed = before.slice(start, edit.start) + edit.text + before.slice(edit.end, end);
        const [kept, removed, added] = compared(old.split("\n"), changed === "" ? [] : changed.split("\n"));
        return [
          color.cyan(`@@ line ${line} @@`),
          ...removed.map((text) => color.red(`-${text}`)),
          ...added.map((text) => color.green(`+${text}`)),
          ...kept.map((text) => ` ${text}`),
        ].join("\n");
      });
      return `${color.bold(path)}\n${hunks.join("\n")}`;
    })
    .join("\n\n");
}

/** The lines at the end that stay, those that go and those that come. */
function compared(old: string[], changed: string[]): [kept: string[], removed: string[], added: string[]] {
  const kept: string[] = [];
  while (old.length > 0 && changed.length > 0 && old.at(-1) === changed.at(-1)) {
    kept.unshift(old.pop() ?? "");
    changed.pop();
  }
  return [kept, old, changed];
}
