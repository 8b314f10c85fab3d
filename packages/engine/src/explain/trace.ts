import { encodeValue } from "../codec/encode-value.js";
import type { Environment } from "../environment.js";
import type { EvaluationError } from "../errors.js";
import { Failure } from "../failure.js";
import { step } from "../interpret/evaluate.js";
import { expectBool } from "../ops/index.js";
import { describeExpression } from "../policy/describe-expression.js";
import { childrenOf, constantOf, type Expr } from "../policy/expression.js";
import type { Value } from "../value/types.js";
import type { ExprTrace } from "./types.js";

export interface TracedClause {
  readonly outcome: boolean | EvaluationError;
  readonly trace: ExprTrace;
}

/** Evaluates a clause by the interpreter's own steps, and keeps what each sub-expression came to. */
export function traceClause(expr: Expr, environment: Environment): TracedClause {
  const traces = new Map<Expr, ExprTrace>();
  const recur = (inner: Expr, innerEnvironment: Environment): Value => {
    const trace: ExprTrace = { ...describe(inner), evaluated: true };
    traces.set(inner, trace);
    try {
      const value = step(inner, innerEnvironment, recur);
      trace.value = encodeValue(value);
      return value;
    } catch (error) {
      if (error instanceof Failure) trace.error = toError(error);
      throw error;
    } finally {
      trace.children = tracedChildren(inner, traces);
    }
  };
  const outcome = attempt(() => expectBool(recur(expr, environment)));
  return { outcome, trace: traces.get(expr) ?? notEvaluated(expr) };
}

/** The trace of an expression that evaluation did not reach. */
export function notEvaluated(expr: Expr): ExprTrace {
  return { ...describe(expr), evaluated: false };
}

function describe(expr: Expr): Pick<ExprTrace, "text" | "operator" | "children"> {
  return { text: describeExpression(expr), operator: operatorOf(expr), children: [] };
}

function operatorOf(expr: Expr): string {
  switch (expr.kind) {
    case "and":
      return "&&";
    case "or":
      return "||";
    case "attribute":
      return ".";
    case "unary":
    case "binary":
      return expr.operator;
    default:
      return constantOf(expr) === undefined ? expr.kind : "literal";
  }
}

function tracedChildren(expr: Expr, traces: ReadonlyMap<Expr, ExprTrace>): ExprTrace[] {
  if (constantOf(expr) !== undefined) return [];
  return childrenOf(expr).map((child) => traces.get(child) ?? notEvaluated(child));
}

function attempt(evaluate: () => boolean): boolean | EvaluationError {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof Failure) return toError(error);
    throw error;
  }
}

function toError({ code, message, help }: Failure): EvaluationError {
  return { code, message, help };
}
