import type { LintDiagnostic } from "@cordon/analysis/lint";
import { type CodeAction, CodeActionKind, type Range } from "vscode-languageserver/node";
import { diagnosticFrom, offsetAt, rangeOf, uriOf } from "./convert.js";
import type { OpenFile } from "./sessions.js";

/** Mends what the diagnostics in a range know how to mend. */
export function codeActions(
  { session, document, path }: OpenFile,
  diagnostics: readonly LintDiagnostic[],
  range: Range,
): CodeAction[] {
  const start = offsetAt(document, range.start);
  const end = offsetAt(document, range.end);
  return diagnostics.flatMap((found) => {
    const { fix, range: at } = found;
    if (fix === undefined || at === undefined || at.start.offset > end || at.end.offset < start) return [];
    const edits = fix.map((edit) => ({ range: rangeOf(document, edit), newText: edit.text }));
    return [
      {
        title: found.help ?? `mend: ${found.message}`,
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnosticFrom(found)],
        isPreferred: true,
        edit: { changes: { [uriOf(session, path)]: edits } },
      },
    ];
  });
}
