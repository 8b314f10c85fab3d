import type { Edit, LintDiagnostic } from "../lint/index.js";

export interface FixedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** The edits made, in the order of the text before. */
  readonly edits: readonly Edit[];
  /** What they mend. */
  readonly mended: readonly LintDiagnostic[];
}

/** The files as they are once everything is mended that can be without changing a decision. */
export function applyFixes(
  diagnostics: readonly LintDiagnostic[],
  texts: ReadonlyMap<string, string>,
): FixedFile[] {
  const files = new Set(diagnostics.filter(({ fix }) => fix !== undefined).map(({ file }) => file));
  return [...files].sort().flatMap((path): FixedFile[] => {
    const before = texts.get(path);
    if (before === undefined) return [];
    // Of edits that get in each other's way the one that takes away most is made: nothing else matters there.
    const candidates = diagnostics
      .filter(({ file, fix }) => file === path && fix !== undefined)
      .sort((a, b) => extent(b.fix) - extent(a.fix));
    const edits: Edit[] = [];
    const mended: LintDiagnostic[] = [];
    for (const diagnostic of candidates) {
      const fix = diagnostic.fix ?? [];
      if (fix.some((edit) => edits.some((other) => touches(edit, other)))) continue;
      edits.push(...fix);
      mended.push(diagnostic);
    }
    edits.sort((a, b) => a.start - b.start);
    return [{ path, before, after: edited(before, edits), edits, mended }];
  });
}

function extent(fix: readonly Edit[] = []): number {
  return fix.reduce((sum, { start, end }) => sum + end - start, 0);
}

function touches(a: Edit, b: Edit): boolean {
  return a.start <= b.end && b.start <= a.end;
}

function edited(text: string, edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  for (const { start, end, text: inserted } of edits) {
    result += text.slice(at, start) + inserted;
    at = end;
    // What goes takes the empty lines after it along.
    if (inserted === "") at += /^[ \t]*(?:\r?\n)*/.exec(text.slice(end))?.[0].length ?? 0;
  }
  const rest = result + text.slice(at);
  return rest.trim() === "" ? "" : `${rest.trimEnd()}\n`;
}
