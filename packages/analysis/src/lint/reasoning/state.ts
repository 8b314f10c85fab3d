import type { CedarValueJson, ExprJson } from "@cordon/engine";
import { keyOf, valueKey } from "./forms.js";
import { hull, intersect, type Range, rangeOfConstant } from "./ranges.js";

/** What is known of an expression's value, once evaluation has come this far. */
export interface Fact {
  readonly constant?: CedarValueJson;
  /** The values it can have, by key, where these are few. */
  readonly among?: ReadonlyMap<string, CedarValueJson>;
  /** Values that it doesn't have, by key. */
  readonly excluded?: ReadonlySet<string>;
  readonly range?: Range;
  readonly entityType?: string;
  /** What said so. */
  readonly because: ExprJson;
}

/**
 * What holds at one point of a policy's evaluation, by the conditions before it. Immutable. That a fact is known of an
 * expression implies that it was evaluated, and didn't err.
 */
export class State {
  static readonly start = new State(new Map());
  readonly #facts: ReadonlyMap<string, Fact>;

  private constructor(facts: ReadonlyMap<string, Fact>) {
    this.#facts = facts;
  }

  fact(expr: ExprJson): Fact | undefined {
    return this.#facts.get(keyOf(expr));
  }

  /** Everything known, by the keys of expressions. */
  facts(): Iterable<[string, Fact]> {
    return this.#facts;
  }

  /** Adds to what is known; null where it contradicts. */
  with(expr: ExprJson, known: Fact): State | null {
    const before = this.fact(expr);
    const merged = before === undefined ? known : merge(before, known);
    if (merged === null || isContradictory(merged)) return null;
    const facts = new Map(this.#facts);
    facts.set(keyOf(expr), merged);
    return new State(facts);
  }

  /** What holds whichever of two ways evaluation took; null stands for a way that can't be taken. */
  static either(a: State | null, b: State | null): State | null {
    if (a === null || b === null) return a ?? b;
    const facts = new Map<string, Fact>();
    for (const [key, fact] of a.#facts) {
      const other = b.#facts.get(key);
      const common = other && (other === fact ? fact : weaken(fact, other));
      if (common) facts.set(key, common);
    }
    return new State(facts);
  }
}

function merge(a: Fact, b: Fact): Fact | null {
  if (a.constant !== undefined && b.constant !== undefined && valueKey(a.constant) !== valueKey(b.constant))
    return null;
  if (a.entityType !== undefined && b.entityType !== undefined && a.entityType !== b.entityType) return null;
  const range = a.range && b.range ? intersect(a.range, b.range) : (a.range ?? b.range);
  if (range === null) return null;
  const among =
    a.among && b.among ? new Map([...a.among].filter(([key]) => b.among?.has(key))) : (a.among ?? b.among);
  const excluded =
    a.excluded && b.excluded ? new Set([...a.excluded, ...b.excluded]) : (a.excluded ?? b.excluded);
  const constant = a.constant ?? b.constant;
  const entityType = a.entityType ?? b.entityType;
  return {
    ...(constant === undefined ? {} : { constant }),
    ...(among === undefined ? {} : { among }),
    ...(excluded === undefined ? {} : { excluded }),
    ...(range === undefined ? {} : { range }),
    ...(entityType === undefined ? {} : { entityType }),
    because: b.because,
  };
}

function isContradictory({ constant, among, excluded, range }: Fact): boolean {
  if (among !== undefined && [...among.keys()].every((key) => excluded?.has(key))) return true;
  if (constant === undefined) return false;
  const key = valueKey(constant);
  if (excluded?.has(key) || (among !== undefined && !among.has(key))) return true;
  const at = range && rangeOfConstant(constant);
  return range !== undefined && at !== undefined && intersect(range, at) === null;
}

function weaken(a: Fact, b: Fact): Fact {
  const sameConstant =
    a.constant !== undefined && b.constant !== undefined && valueKey(a.constant) === valueKey(b.constant);
  const excluded = a.excluded && b.excluded ? [...a.excluded].filter((key) => b.excluded?.has(key)) : [];
  return {
    ...(sameConstant && a.constant !== undefined ? { constant: a.constant } : {}),
    ...(a.among && b.among ? { among: new Map([...a.among, ...b.among]) } : {}),
    ...(excluded.length > 0 ? { excluded: new Set(excluded) } : {}),
    ...(a.range && b.range ? { range: hull(a.range, b.range) } : {}),
    ...(a.entityType !== undefined && a.entityType === b.entityType ? { entityType: a.entityType } : {}),
    because: b.because,
  };
}
