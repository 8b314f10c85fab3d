import type { BinaryOp, ExtensionFunction, Pattern, UnaryOp } from "../ops/index.js";
import type { Value } from "../value/types.js";

/**
 * An expression ready to evaluate: literals decoded, names resolved, chains of `&&` and `||` flattened
 * (evaluation is from left to right either way), extension constants applied once.
 */
export type Expr =
  | { readonly kind: "literal"; readonly value: Value }
  | { readonly kind: "variable"; readonly name: "principal" | "action" | "resource" | "context" }
  | { readonly kind: "and"; readonly operands: readonly Expr[] }
  | { readonly kind: "or"; readonly operands: readonly Expr[] }
  | { readonly kind: "if"; readonly test: Expr; readonly then: Expr; readonly otherwise: Expr }
  | {
      readonly kind: "unary";
      readonly operator: UnaryOperator;
      readonly apply: UnaryOp;
      readonly operand: Expr;
    }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly apply: BinaryOp;
      readonly left: Expr;
      readonly right: Expr;
    }
  | { readonly kind: "attribute"; readonly operand: Expr; readonly name: string }
  | { readonly kind: "has"; readonly operand: Expr; readonly path: readonly string[] }
  | { readonly kind: "like"; readonly operand: Expr; readonly pattern: Pattern }
  | { readonly kind: "is"; readonly operand: Expr; readonly type: string; readonly in: Expr | undefined }
  | Constructed<{ readonly kind: "set"; readonly elements: readonly Expr[] }>
  | Constructed<{
      readonly kind: "record";
      readonly names: readonly string[];
      readonly values: readonly Expr[];
    }>
  | Constructed<{ readonly kind: "call"; readonly fn: ExtensionFunction; readonly args: readonly Expr[] }>;

/**
 * `constant` is the value where all parts are literals and nothing errs. Where something errs it is left out:
 * such a policy errs when, and only when, evaluation gets there.
 */
type Constructed<T> = T & { readonly constant: Value | undefined };

export type UnaryOperator = "!" | "neg" | "isEmpty";

export type BinaryOperator =
  | "=="
  | "!="
  | "in"
  | "<"
  | "<="
  | ">"
  | ">="
  | "+"
  | "-"
  | "*"
  | "contains"
  | "containsAll"
  | "containsAny"
  | "getTag"
  | "hasTag";

/** The value of an expression that needs no evaluation. */
export function constantOf(expr: Expr): Value | undefined {
  switch (expr.kind) {
    case "literal":
      return expr.value;
    case "set":
    case "record":
    case "call":
      return expr.constant;
    default:
      return undefined;
  }
}

/** The direct sub-expressions, in the order in which they are evaluated. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "literal":
    case "variable":
      return [];
    case "and":
    case "or":
      return expr.operands;
    case "if":
      return [expr.test, expr.then, expr.otherwise];
    case "binary":
      return [expr.left, expr.right];
    case "is":
      return expr.in === undefined ? [expr.operand] : [expr.operand, expr.in];
    case "set":
      return expr.elements;
    case "record":
      return expr.values;
    case "call":
      return expr.args;
    default:
      return [expr.operand];
  }
}
