import type { BinaryJson, CedarValueJson, EntityUidJson, ExprJson } from "@cordon/engine";
import { EntityUid } from "@cordon/engine";

/** An expression taken apart: its one member's name, and that member. */
export function formOf(expr: ExprJson): [operator: string, body: unknown] {
  for (const operator in expr) return [operator, (expr as Record<string, unknown>)[operator]];
  return ["", undefined];
}

export function binaryOf(body: unknown): BinaryJson {
  return body as BinaryJson;
}

/** The entity that a constant is. */
export function entityOf(value: CedarValueJson | undefined): EntityUidJson | undefined {
  if (typeof value !== "object" || Array.isArray(value) || !("__entity" in value)) return undefined;
  return value.__entity as EntityUidJson;
}

/** As Cedar source writes it, and as the schema's actions are keyed. */
export function uidKey({ type, id }: EntityUidJson): string {
  return EntityUid.of(type, id).toString();
}

/** Equal for equal values, and for no others. Extension values must be in the form in which the engine encodes them. */
export function valueKey(value: CedarValueJson): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(valueKey))].sort().join()}]`;
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object") return JSON.stringify(value);
  const entity = entityOf(value);
  if (entity !== undefined) return `${entity.type}::${JSON.stringify(entity.id)}`;
  const members = Object.entries(value as Record<string, CedarValueJson>).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${valueKey(inner)}`).join()}}`;
}

/** What is found of an expression is kept on it, where it costs neither a look-up nor the garbage collector a table. */
const KEY = Symbol("key");
const PLAIN = Symbol("plain");
type Keyed = ExprJson & { [KEY]?: string; [PLAIN]?: ExprJson };

/**
 * Equal for expressions that are the same but for the order around `==`. Cedar's expressions have no side effects, so
 * that within one request two with equal keys have the same value.
 */
export function keyOf(expr: ExprJson): string {
  const keyed: Keyed = expr;
  keyed[KEY] ??= makeKey(expr);
  return keyed[KEY];
}

function makeKey(expr: ExprJson): string {
  const [operator, body] = formOf(expr);
  switch (operator) {
    case "Value":
      return valueKey(body as CedarValueJson);
    case "Var":
    case "Slot":
      return String(body);
    case "Set":
      return `[${(body as ExprJson[]).map(keyOf).join()}]`;
    case "Record": {
      const members = Object.entries(body as Record<string, ExprJson>);
      return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${keyOf(value)}`).join()}}`;
    }
    case "==": {
      const { left, right } = binaryOf(body);
      return `(${[keyOf(left), keyOf(right)].sort().join("==")})`;
    }
    default:
      return `${operator}(${operandsOf(body).join()})`;
  }
}

function operandsOf(body: unknown): string[] {
  if (Array.isArray(body)) return (body as ExprJson[]).map(keyOf);
  return Object.entries(body as Record<string, unknown>).map(([name, value]) =>
    isExpression(name, value) ? keyOf(value) : JSON.stringify(value),
  );
}

function isExpression(member: string, value: unknown): value is ExprJson {
  return member !== "attr" && member !== "entity_type" && member !== "pattern" && typeof value === "object";
}

const NOT_PLAIN: ReadonlySet<string> = new Set(["!=", ">", ">=", "<=", "has", "is"]);

/** `!=`, `>`, `>=` and `<=` said by `==`, `<` and `!`; `has a.b` and `is … in …` as two conditions. One expression, one plain form. */
export function plainForm(expr: ExprJson): ExprJson {
  if (!NOT_PLAIN.has(formOf(expr)[0])) return expr;
  const keyed: Keyed = expr;
  keyed[PLAIN] ??= makePlain(expr);
  return keyed[PLAIN];
}

function makePlain(expr: ExprJson): ExprJson {
  const [operator, body] = formOf(expr);
  switch (operator) {
    case "!=":
      return { "!": { arg: { "==": binaryOf(body) } } };
    case ">":
      return { "<": swap(body) };
    case "<=":
      return { "!": { arg: { "<": swap(body) } } };
    case ">=":
      return { "!": { arg: { "<": binaryOf(body) } } };
    case "has":
      return plainHas(expr, body as { left: ExprJson; attr: string | string[] });
    case "is": {
      const {
        left,
        entity_type,
        in: within,
      } = body as { left: ExprJson; entity_type: string; in?: ExprJson };
      if (within === undefined) return expr;
      return { "&&": { left: { is: { left, entity_type } }, right: { in: { left, right: within } } } };
    }
    default:
      return expr;
  }
}

function swap(body: unknown): BinaryJson {
  const { left, right } = binaryOf(body);
  return { left: right, right: left };
}

function plainHas(expr: ExprJson, { left, attr }: { left: ExprJson; attr: string | string[] }): ExprJson {
  if (typeof attr === "string") return expr;
  let on = left;
  let all: ExprJson | undefined;
  for (const name of attr) {
    const step: ExprJson = { has: { left: on, attr: name } };
    all = all === undefined ? step : { "&&": { left: all, right: step } };
    on = { ".": { left: on, attr: name } };
  }
  return all ?? expr;
}
