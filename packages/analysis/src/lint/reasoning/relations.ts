import type { BinaryJson, CedarValueJson, ExprJson, SchemaType } from "@cordon/engine";
import type { Abstract } from "./abstract-value.js";
import { entityOf, keyOf, uidKey, valueKey } from "./forms.js";
import { EVERY_LONG, intersect, type Range, rangeOfConstant, rangeOfType } from "./ranges.js";
import type { Fact, State } from "./state.js";
import type { TypeWorld } from "./type-world.js";

/** Ranges of two values that are compared, which are of one type even where only one is known. */
export function rangesOf(a: Abstract, b: Abstract): [Range | undefined, Range | undefined] {
  const type = a.type ?? b.type;
  return [rangeOf(a, type), rangeOf(b, type)];
}

function rangeOf({ constant, range }: Abstract, type: SchemaType | null): Range | undefined {
  return (constant === undefined ? range : rangeOfConstant(constant)) ?? rangeOfType(type);
}

/** Ranges of the operands of arithmetic. */
export function longsOf(a: Abstract, b: Abstract): [Range, Range] {
  const [left, right] = rangesOf(a, b);
  return [left ?? EVERY_LONG, right ?? EVERY_LONG];
}

/** Whether `left == right`, of which at least one isn't constant; undefined where it depends. */
export function isEqual(
  { left, right }: BinaryJson,
  a: Abstract,
  b: Abstract,
  state: State,
): boolean | undefined {
  if (keyOf(left) === keyOf(right)) return true;
  if (a.type?.type === "Entity" && b.type?.type === "Entity" && a.type.name !== b.type.name) return false;
  const [low, high] = rangesOf(a, b);
  if (low && high && intersect(low, high) === null) return false;
  return isRuledOut(state.fact(left), b) || isRuledOut(state.fact(right), a) ? false : undefined;
}

function isRuledOut(fact: Fact | undefined, { constant }: Abstract): boolean {
  if (fact === undefined || constant === undefined) return false;
  const key = valueKey(constant);
  return fact.excluded?.has(key) === true || (fact.among !== undefined && !fact.among.has(key));
}

/** Whether `left < right`. */
export function isLess({ left, right }: BinaryJson, a: Abstract, b: Abstract): boolean | undefined {
  if (keyOf(left) === keyOf(right)) return false;
  const [low, high] = rangesOf(a, b);
  if (low === undefined || high === undefined) return undefined;
  if (low.high < high.low) return true;
  return low.low >= high.high ? false : undefined;
}

/** Whether `left in right`: by the schema's hierarchy of types, and exactly for actions, whose groups it fixes. */
export function isIn(
  { left, right }: BinaryJson,
  a: Abstract,
  b: Abstract,
  world: TypeWorld,
): boolean | undefined {
  if (keyOf(left) === keyOf(right)) return true;
  const entity = entityOf(a.constant);
  const isList = Array.isArray(b.constant);
  const targets = isList ? (b.constant as CedarValueJson[]).map(entityOf) : [entityOf(b.constant)];
  if (isList && targets.length === 0) return false;
  if (entity && world.schema && world.isAction(entity.type) && b.constant !== undefined) {
    const groups = world.actionGroups(entity);
    return targets.some((target) => target !== undefined && groups.has(uidKey(target)));
  }
  if (entity && targets.some((target) => target && uidKey(target) === uidKey(entity))) return true;
  if (world.schema === null || a.type?.type !== "Entity") return undefined;
  const types = b.constant === undefined ? [entityTypeOf(b.type)] : targets.map((target) => target?.type);
  const { name } = a.type;
  return types.every((target) => target !== undefined && !world.canBeIn(name, target)) ? false : undefined;
}

function entityTypeOf(type: SchemaType | null): string | undefined {
  if (type?.type === "Set") return entityTypeOf(type.element);
  return type?.type === "Entity" ? type.name : undefined;
}

export function canHaveTags({ type }: Abstract, { schema }: TypeWorld): boolean {
  if (type?.type !== "Entity" || schema === null) return true;
  return schema.entityTypes[type.name]?.tags !== undefined;
}

export function constantsOf(values: readonly Abstract[]): CedarValueJson[] | undefined {
  const constants: CedarValueJson[] = [];
  for (const { constant } of values) {
    if (constant === undefined) return undefined;
    constants.push(constant);
  }
  return constants;
}

/** The operands of an operator or call, in the order of its members. */
export function operandsOf(body: unknown): ExprJson[] {
  return (Array.isArray(body) ? body : Object.values(body as object).filter(isOperand)) as ExprJson[];
}

function isOperand(member: unknown): boolean {
  return typeof member === "object" && member !== null && !Array.isArray(member);
}

/** The same operation on values instead of expressions. */
export function closed(operator: string, body: unknown, constants: readonly CedarValueJson[]): ExprJson {
  const values = constants.map((Value): ExprJson => ({ Value }));
  if (Array.isArray(body)) return { [operator]: values } as ExprJson;
  let next = 0;
  const members = Object.entries(body as object).map(([name, member]) => [
    name,
    isOperand(member) ? values[next++] : member,
  ]);
  return { [operator]: Object.fromEntries(members) } as ExprJson;
}
