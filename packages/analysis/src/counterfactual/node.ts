import {
  type BinaryJson,
  decodeValue,
  type ExprJson,
  type ExprTrace,
  type PatternElementJson,
  type Value,
} from "@cordon/engine";

/** A sub-expression of a policy, and what it came to for the facts at hand. */
export interface Node {
  /** As in the trace: `&&`, `==`, `has`, `literal`, `variable`, `.`, `if`, `set`, `record`, `call`, … */
  readonly operator: string;
  /** Cedar source. */
  readonly text: string;
  /** Indices from the clause's expression down to this one. */
  readonly trail: readonly number[];
  readonly children: readonly Node[];
  /** Undefined where it errs or was not reached. */
  readonly value: Value | undefined;
  readonly errs: boolean;
  /** The variable, attribute, function or entity type that is named. */
  readonly name: string;
  /** Of `has`: the attributes, outermost first. */
  readonly path: readonly string[];
  /** Of `like`. */
  readonly pattern: readonly PatternElementJson[];
}

/** An expression of Cedar's JSON with its trace, which lists sub-expressions in the same order. */
export function readNode(json: ExprJson, trace: ExprTrace, trail: readonly number[] = []): Node {
  const [operator = "", body] = Object.entries(json)[0] ?? [];
  const parts = trace.children.length === 0 ? [] : partsOf(operator, body, json);
  return {
    operator: trace.operator,
    text: trace.text,
    trail,
    children: trace.children.flatMap((child, index) => {
      const part = parts[index];
      return part === undefined ? [] : [readNode(part, child, [...trail, index])];
    }),
    value: trace.value === undefined ? undefined : decodeValue(trace.value),
    errs: trace.error !== undefined,
    name: nameOf(trace.operator, operator, body),
    path: trace.operator === "has" ? [(body as { attr: string | string[] }).attr].flat() : [],
    pattern: trace.operator === "like" ? (body as { pattern: PatternElementJson[] }).pattern : [],
  };
}

/** The node at a trail, where the expression still has one there. */
export function nodeAt(node: Node, trail: readonly number[]): Node | undefined {
  let found: Node | undefined = node;
  for (const index of trail) found = found?.children[index];
  return found;
}

function nameOf(kind: string, operator: string, body: unknown): string {
  switch (kind) {
    case "variable":
      return String(body);
    case ".":
      return (body as { attr: string }).attr;
    case "is":
      return (body as { entity_type: string }).entity_type;
    case "call":
      return operator;
    default:
      return "";
  }
}

function partsOf(operator: string, body: unknown, json: ExprJson): readonly ExprJson[] {
  switch (operator) {
    case "&&":
    case "||":
      return chain(operator, json);
    case "if-then-else": {
      const parts = body as { if: ExprJson; then: ExprJson; else: ExprJson };
      return [parts.if, parts.then, parts.else];
    }
    case "is": {
      const { left, in: within } = body as { left: ExprJson; in?: ExprJson };
      return within === undefined ? [left] : [left, within];
    }
    case "Record":
      // Members are evaluated by name, wherever they were written.
      return Object.entries(body as Record<string, ExprJson>)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, member]) => member);
    default:
      return operands(body);
  }
}

function operands(body: unknown): readonly ExprJson[] {
  if (Array.isArray(body)) return body as ExprJson[];
  const { arg, left, right } = body as { arg?: ExprJson; left?: ExprJson; right?: ExprJson };
  return [arg, left, right].filter((part) => part !== undefined);
}

/** The operands of nested uses of one connective, as the engine flattens them. */
function chain(operator: "&&" | "||", json: ExprJson): ExprJson[] {
  const found: ExprJson[] = [];
  const pending = [json];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const pair = (next as Record<string, BinaryJson | undefined>)[operator];
    if (pair === undefined) found.push(next);
    else pending.push(pair.right, pair.left);
  }
  return found;
}
