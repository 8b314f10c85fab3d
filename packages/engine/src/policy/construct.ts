import { EngineError } from "../errors.js";
import { Failure } from "../failure.js";
import { applyExtension, type ExtensionFunction } from "../ops/index.js";
import { CedarRecord } from "../value/record.js";
import { CedarSet } from "../value/set.js";
import { compareText } from "../value/text.js";
import type { Value } from "../value/types.js";
import { constantOf, type Expr } from "./expression.js";

/**
 * Well within every platform's stack. Chains of `&&` and `||`, which do get long, are flattened and
 * count as one level.
 */
const MAX_DEPTH = 400;

export function checkDepth(depth: number, path: string): void {
  if (depth <= MAX_DEPTH) return;
  throw new EngineError("policy_too_deep", `the expression nests deeper than ${MAX_DEPTH} levels`, { path });
}

export function setOf(elements: readonly Expr[]): Expr {
  const values = constantsOf(elements);
  return { kind: "set", elements, constant: values && CedarSet.of(values) };
}

/** Members are evaluated in the order of their names, as Cedar does; that decides which error comes first. */
export function recordOf(members: readonly (readonly [string, Expr])[]): Expr {
  const sorted = [...members].sort(([a], [b]) => compareText(a, b));
  const names = sorted.map(([name]) => name);
  const values = sorted.map(([, value]) => value);
  const constants = constantsOf(values);
  const constant =
    constants && new CedarRecord(new Map(names.map((name, i) => [name, constants[i] ?? false])));
  return { kind: "record", names, values, constant };
}

export function callOf(fn: ExtensionFunction, args: readonly Expr[]): Expr {
  const values = constantsOf(args);
  try {
    return { kind: "call", fn, args, constant: values && applyExtension(fn, values) };
  } catch (error) {
    if (error instanceof Failure) return { kind: "call", fn, args, constant: undefined };
    throw error;
  }
}

function constantsOf(exprs: readonly Expr[]): Value[] | undefined {
  const values: Value[] = [];
  for (const expr of exprs) {
    const value = constantOf(expr);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}
