import { equal, isIn, not } from "../ops/index.js";
import type { CompiledPolicy, Condition } from "../policy/compiled.js";
import type { Expr } from "../policy/expression.js";
import type { Constraint, ScopePart } from "../policy/scope.js";
import { CedarSet } from "../value/set.js";

const PARTS: readonly ScopePart[] = ["action", "principal", "resource"];

const conditions = /* @__PURE__ */ new WeakMap<CompiledPolicy, Expr & { kind: "and" }>();

/** A policy as one expression: satisfied where it is true, not where it is false, an error where it errs. */
export function conditionOf(policy: CompiledPolicy): Expr & { kind: "and" } {
  let condition = conditions.get(policy);
  if (condition === undefined) {
    const scope = PARTS.flatMap((part) => scopeExpr(part, policy.scope[part]));
    condition = { kind: "and", operands: [...scope, ...policy.body.conditions.map(clauseExpr)] };
    conditions.set(policy, condition);
  }
  return condition;
}

function clauseExpr({ kind, expr }: Condition): Expr {
  return kind === "when" ? expr : { kind: "unary", operator: "!", apply: not, operand: expr };
}

function scopeExpr(part: ScopePart, constraint: Constraint): Expr[] {
  const variable: Expr = { kind: "variable", name: part };
  switch (constraint.op) {
    case "any":
      return [];
    case "==":
      return [binary("==", variable, { kind: "literal", value: constraint.uid })];
    case "in": {
      const [only, ...others] = constraint.uids;
      const group = only !== undefined && others.length === 0 ? only : CedarSet.of(constraint.uids);
      return [binary("in", variable, { kind: "literal", value: group })];
    }
    case "is": {
      const within: Expr | undefined = constraint.in && { kind: "literal", value: constraint.in };
      return [{ kind: "is", operand: variable, type: constraint.type, in: within }];
    }
  }
}

function binary(operator: "==" | "in", left: Expr, right: Expr): Expr {
  return { kind: "binary", operator, apply: operator === "in" ? isIn : equal, left, right };
}
