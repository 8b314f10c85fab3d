import { childrenOf, type Expr } from "../../policy/expression.js";
import { quote } from "./literal-source.js";

type Has = Expr & { kind: "has" };

/** Names what an attribute of a variable is an attribute of, such as `resource."owner"."level"`. */
export function chainOf(expr: Expr): string | undefined {
  if (expr.kind === "variable") return expr.name;
  if (expr.kind !== "attribute") return undefined;
  const operand = chainOf(expr.operand);
  return operand && `${operand}.${quote(expr.name)}`;
}

/** `x has a.b` as `x has a` and `x.a has b`, which Cedar defines it to be; `x` must be a chain. */
export function stepsOf({ operand, path }: Has): { operand: Expr; name: string }[] {
  let of = operand;
  return path.map((name) => {
    const step = { operand: of, name };
    of = { kind: "attribute", operand: of, name };
    return step;
  });
}

/** Counts how often each chain is read, so that those read more than once are read once and kept. */
export function countChains(expr: Expr, counts: Map<string, number>): void {
  const count = (chain: string | undefined): void => {
    if (chain !== undefined) counts.set(chain, (counts.get(chain) ?? 0) + 1);
  };
  if (expr.kind === "attribute") count(chainOf(expr));
  if (expr.kind === "has" && chainOf(expr.operand) !== undefined) {
    for (const { operand, name } of stepsOf(expr)) count(chainOf({ kind: "attribute", operand, name }));
  }
  for (const child of childrenOf(expr)) countChains(child, counts);
}
