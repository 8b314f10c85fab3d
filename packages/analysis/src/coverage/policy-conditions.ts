import type { TextPositions } from "@cordon/cedar";
import type { ExprJson, PolicySource } from "@cordon/engine";
import { type PolicySyntax, parsePolicySyntax } from "../syntax/index.js";
import type { ConditionCoverage, PolicyCoverage } from "./model.js";

/** A policy with all its conditions at their places, and nothing seen yet; null where its text can't be read. */
export function uncovered(
  policyId: string,
  source: PolicySource,
  positions: TextPositions,
  offset: number,
): PolicyCoverage | null {
  const syntax = parsePolicySyntax(source.text);
  if (syntax === null) return null;
  const locator: Locator = { syntax, text: source.text, positions, offset };
  return {
    policyId,
    effect: syntax.policy.effect,
    file: source.file,
    line: source.line,
    column: source.column,
    span: { start: offset, end: offset + source.text.length },
    seen: { true: 0, false: 0, error: 0 },
    clauses: syntax.clauses.map(({ body }) => conditionAt(body, locator)),
  };
}

interface Locator {
  readonly syntax: PolicySyntax;
  readonly text: string;
  readonly positions: TextPositions;
  readonly offset: number;
}

function conditionAt(expr: ExprJson, locator: Locator): ConditionCoverage {
  const own = locator.syntax.spans.get(expr) ?? { start: 0, end: 0 };
  const span = { start: locator.offset + own.start, end: locator.offset + own.end };
  const { line, column } = locator.positions.at(span.start);
  const children = partsOf(expr).map((part) => conditionAt(part, locator));
  return {
    text: locator.text.slice(own.start, own.end).replaceAll(/\s+/g, " "),
    span,
    line,
    column,
    isLeaf: children.length === 0,
    isConstant: "Value" in expr,
    seen: { true: 0, false: 0, error: 0 },
    children,
  };
}

/** The conditions directly within one, in the order in which the engine's trace has them. */
export function partsOf(expr: ExprJson): ExprJson[] {
  if ("&&" in expr) return operandsOf(expr, "&&");
  if ("||" in expr) return operandsOf(expr, "||");
  if ("!" in expr) return [(expr["!"] as { arg: ExprJson }).arg];
  if ("if-then-else" in expr) {
    const branches = expr["if-then-else"] as { if: ExprJson; then: ExprJson; else: ExprJson };
    return [branches.if, branches.then, branches.else];
  }
  return [];
}

/** `a && b && c` nests to the left in Cedar's JSON, and is one list of operands here as in a trace. */
function operandsOf(expr: ExprJson, operator: "&&" | "||"): ExprJson[] {
  const operands: ExprJson[] = [];
  const pending: ExprJson[] = [expr];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const inner = (next as Record<string, { left: ExprJson; right: ExprJson }>)[operator];
    if (inner === undefined) operands.push(next);
    else pending.push(inner.right, inner.left);
  }
  return operands;
}
