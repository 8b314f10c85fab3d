import { didYouMean } from "@cordon/pdp/project";
import type { AnnotationSyntax, Span } from "../syntax/index.js";
import type { Finding } from "./finding.js";
import { isLintId, LINT_IDS, type LintId } from "./lint-table.js";

/** What a policy allows itself by `@lint_allow("lint[, lint]: reason")`. */
export interface Allowance {
  readonly lints: ReadonlyMap<LintId, Span>;
  /** What is wrong with the annotation itself. */
  readonly findings: readonly Finding[];
}

const NONE: Allowance = { lints: new Map(), findings: [] };
const ANNOTATION = "lint_allow";

export function readAllowance(annotations: readonly AnnotationSyntax[]): Allowance {
  const annotation = annotations.find(({ name }) => name === ANNOTATION);
  if (annotation === undefined) return NONE;
  const { value, valueSpan, span } = annotation;
  const invalid = (message: string, help: string, at: Span): Finding => ({
    code: "invalid_lint_allow",
    message,
    help,
    span: at,
  });
  const colon = value?.indexOf(":") ?? -1;
  const reason = colon < 0 ? "" : (value?.slice(colon + 1).trim() ?? "");
  const findings: Finding[] = [];
  if (reason === "") {
    const help = 'say why after a colon: `@lint_allow("missing_reason: it speaks for itself")`';
    findings.push(invalid(`\`@${ANNOTATION}\` gives no reason`, help, span));
  }
  const lints = new Map<LintId, Span>();
  const names = (colon < 0 ? (value ?? "") : (value?.slice(0, colon) ?? "")).split(",");
  let from = 0;
  for (const name of names) {
    const id = name.trim().replaceAll("-", "_");
    const at = placeOf(name, from, valueSpan, span);
    from += name.length + 1;
    if (isLintId(id)) lints.set(id, at);
    else if (id !== "") findings.push(invalid(`there is no lint \`${id}\``, unknownHelp(id), at));
  }
  // Without a reason nothing is allowed.
  return { lints: reason === "" ? new Map() : lints, findings };
}

/** The name within the string; escapes before it would shift it, but no lint's name needs any. */
function placeOf(name: string, from: number, valueSpan: Span | null, span: Span): Span {
  if (valueSpan === null) return span;
  const start = valueSpan.start + 1 + from + (name.length - name.trimStart().length);
  return { start, end: start + name.trim().length };
}

export function unknownHelp(id: string): string {
  const meant = didYouMean(id, LINT_IDS);
  return meant === undefined ? "docs/lints.md lists them all" : `did you mean \`${meant}\`?`;
}
