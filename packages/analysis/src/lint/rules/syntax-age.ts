import type { ExprJson } from "@cordon/engine";
import type { Finding } from "../finding.js";
import { keyOf } from "../reasoning/forms.js";
import type { Examined } from "./reach.js";

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

interface Has {
  left: ExprJson;
  attr: string | string[];
}

/** `a has b && a.b has c` was the only way before Cedar 4.2; since then it is `a has b.c`. */
export function outdatedFindings({ syntax, text }: Pick<Examined, "syntax" | "text">): Finding[] {
  return [...syntax.spans.keys()].flatMap((expr): Finding[] => {
    if (!("&&" in expr)) return [];
    const { left, right } = (expr as { "&&": { left: ExprJson; right: ExprJson } })["&&"];
    const first = lastOperand(left);
    const [before, after] = [hasOf(first), hasOf(right)];
    const from = syntax.spans.get(first);
    const to = syntax.spans.get(right);
    if (!before || !after || !from || !to || !continues(before, after)) return [];
    // With parentheses or a comment in between it is left as it is.
    if (!/^\s*&&\s*$/.test(text.slice(from.end, to.start))) return [];
    const on = syntax.spans.get(before.left);
    if (on === undefined) return [];
    const path = [...pathOf(before), ...pathOf(after)].join(".");
    const better = `${text.slice(from.start, on.end)} has ${path}`;
    return [
      {
        code: "deprecated_syntax",
        message: "two `has` in a row are how it was written before Cedar 4.2",
        help: `write \`${better}\``,
        span: { start: from.start, end: to.end },
        fix: [{ start: from.start, end: to.end, text: better }],
      },
    ];
  });
}

function lastOperand(expr: ExprJson): ExprJson {
  return "&&" in expr ? lastOperand((expr as { "&&": { right: ExprJson } })["&&"].right) : expr;
}

function hasOf(expr: ExprJson): Has | undefined {
  return "has" in expr ? (expr as { has: Has }).has : undefined;
}

function pathOf({ attr }: Has): string[] {
  return typeof attr === "string" ? [attr] : attr;
}

function continues(before: Has, after: Has): boolean {
  if (![...pathOf(before), ...pathOf(after)].every((name) => IDENTIFIER.test(name))) return false;
  const reached = pathOf(before).reduce<ExprJson>((left, attr) => ({ ".": { left, attr } }), before.left);
  return keyOf(reached) === keyOf(after.left);
}
