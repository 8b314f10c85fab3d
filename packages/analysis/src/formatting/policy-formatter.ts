import { isDeepStrictEqual } from "node:util";
import {
  type Diagnostic,
  formatPolicies,
  PolicyCache,
  splitPolicies,
  TextPositions,
  tokenize,
} from "@cordon/cedar";
import { commentsOf } from "./comments.js";

export type Formatted =
  | { readonly ok: true; readonly text: string }
  /** Nothing of the file may be written. */
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Cedar's own formatter, and a check of what it made: a result that says something else, or lacks a comment, is
 * refused. Formatting never costs anybody what they wrote.
 */
export class PolicyFormatter {
  readonly #format: typeof formatPolicies;

  /** @param format the formatter to be checked; for tests */
  constructor(format: typeof formatPolicies = formatPolicies) {
    this.#format = format;
  }

  /** @param path what diagnostics name as the file */
  format(text: string, path: string): Formatted {
    // The formatter doesn't know files without policies: it writes empty lines before their comments.
    if (tokenize(text).length === 0) return { ok: true, text };
    const formatted = this.#format(text, path);
    if (!formatted.ok) return formatted;
    const result = withLineBreaksOf(text, formatted.text);
    const problem = lostComment(text, result, path) ?? changedMeaning(text, result, path);
    return problem === undefined ? { ok: true, text: result } : { ok: false, diagnostics: [problem] };
  }
}

/** A file of `\r\n` stays one: else version control shows each of its lines as changed. */
function withLineBreaksOf(original: string, formatted: string): string {
  const first = /\r?\n/.exec(original)?.[0];
  return first === "\r\n" ? formatted.replaceAll(/\r?\n/g, "\r\n") : formatted;
}

function lostComment(before: string, after: string, file: string): Diagnostic | undefined {
  const kept = commentsOf(after);
  const lost = commentsOf(before).find(({ text }, index) => text !== kept[index]?.text);
  if (lost === undefined) {
    if (kept.length === commentsOf(before).length) return undefined;
    return refusal(file, "formatting would repeat a comment");
  }
  return refusal(
    file,
    "formatting would lose or move a comment",
    new TextPositions(before).range(lost.start, lost.end),
  );
}

function changedMeaning(before: string, after: string, file: string): Diagnostic | undefined {
  const cache = new PolicyCache();
  const [old, now] = [splitPolicies(before), splitPolicies(after)];
  const changed = old.find((policy, index) => {
    const same = now[index];
    return same === undefined || !isDeepStrictEqual(cache.parse(policy), cache.parse(same));
  });
  if (changed === undefined && old.length === now.length) return undefined;
  const { offset, text } = changed ?? { offset: 0, text: before };
  const range = new TextPositions(before).range(offset, offset + text.length);
  return refusal(file, "formatting would change what a policy says", range);
}

function refusal(file: string, message: string, range?: Diagnostic["range"]): Diagnostic {
  return {
    code: "format_refused",
    severity: "error",
    message,
    help: "the file is left as it is; put the comment on a line of its own, or format it by hand",
    file,
    ...(range === undefined ? {} : { range }),
  };
}
