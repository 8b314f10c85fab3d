import { definedKey, keyOf, literalKey, oppositeKeyOf, termKey } from "./keys.js";
import { impliedTerms, strictTerms } from "./strict-terms.js";
import type { Atom, ComparisonOperator, Literal, Predicate, Term } from "./types.js";

export const ALWAYS: Predicate = { kind: "always" };
export const NEVER: Predicate = { kind: "never" };

export const NEGATED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "==": "!=",
  "!=": "==",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
};

/** Literals, and the row itself, always have a value. */
export function defined(term: Term): Predicate {
  return mayBeAbsent(term) ? { kind: "defined", term } : ALWAYS;
}

export function absent(term: Term): Predicate {
  return mayBeAbsent(term) ? { kind: "absent", term } : NEVER;
}

export function and(...operands: readonly Predicate[]): Predicate {
  const sole = soleOf("always", operands);
  if (sole !== undefined) return sole;
  const parts = collect("and", operands);
  if (parts === undefined) return NEVER;
  const known = new Known(parts);
  let narrowed = false;
  for (const [key, part] of parts) {
    if (part.kind === "defined") {
      if (known.implies(part.term, part)) parts.delete(key);
    } else if (part.kind === "or") {
      if (part.operands.some((operand) => parts.has(keyOf(operand)))) {
        parts.delete(key);
        continue;
      }
      // What contradicts the others doesn't come about.
      const possible = part.operands.filter((operand) => !known.contradicts(operand));
      if (possible.length === part.operands.length) continue;
      parts.set(key, or(...possible));
      narrowed = true;
    } else if (isAtom(part) && known.contradicts(part)) return NEVER;
  }
  return narrowed ? and(...parts.values()) : joined("and", [...parts.values()]);
}

/** What is settled by the atoms among conditions that all hold. */
class Known {
  readonly #parts: ReadonlyMap<string, Predicate>;
  /** Made when they are asked for: mostly they aren't. */
  #terms: Map<string, number> | undefined;

  constructor(parts: ReadonlyMap<string, Predicate>) {
    this.#parts = parts;
  }

  /** Whether a term has a value by what any other than this one says. */
  implies(term: Term, except?: Predicate): boolean {
    const key = termKey(term);
    const own = except !== undefined && impliesItself(except, key) ? 1 : 0;
    return (this.#counts().get(key) ?? 0) > own;
  }

  contradicts(predicate: Predicate): boolean {
    if (predicate.kind === "and") return predicate.operands.some((operand) => this.contradicts(operand));
    if (!isAtom(predicate)) return false;
    if (this.#parts.size > 1 && this.#parts.has(oppositeKeyOf(predicate))) return true;
    return predicate.kind === "absent" && this.implies(predicate.term);
  }

  /** How many of the parts imply each term. */
  #counts(): Map<string, number> {
    if (this.#terms !== undefined) return this.#terms;
    const counts = new Map<string, number>();
    for (const part of this.#parts.values()) {
      if (!isAtom(part)) continue;
      for (const key of new Set(impliedTerms(part).map(termKey))) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    this.#terms = counts;
    return counts;
  }
}

function impliesItself(predicate: Predicate, key: string): boolean {
  return isAtom(predicate) && impliedTerms(predicate).some((term) => termKey(term) === key);
}

export function or(...operands: readonly Predicate[]): Predicate {
  const sole = soleOf("never", operands);
  if (sole !== undefined) return sole;
  const parts = collect("or", operands);
  if (parts === undefined) return ALWAYS;
  let widened = false;
  for (const [key, part] of parts) {
    if (part.kind === "and") {
      if (part.operands.some((operand) => parts.has(keyOf(operand)))) {
        parts.delete(key);
        continue;
      }
      const needed = withoutRepeated(part.operands, parts);
      if (needed.length === part.operands.length) continue;
      parts.set(key, and(...needed));
      widened = true;
    } else if (isAtom(part)) {
      if (parts.size > 1 && parts.has(oppositeKeyOf(part))) {
        // Either it holds or its opposite does, where all terms have values.
        parts.delete(key);
        const either = and(...strictTerms(part).map(defined));
        return part.kind === "absent" || part.kind === "defined" ? ALWAYS : or(...parts.values(), either);
      }
      // Whatever holds only where a term has a value adds nothing to that term's having one.
      if (impliesOther(part, key, parts)) parts.delete(key);
    }
  }
  if (widened) return or(...parts.values());
  return joined("or", mergeEqualities([...parts.values()]));
}

/** One after the other: each may be what another one's terms have values by. */
function withoutRepeated(
  operands: readonly Predicate[],
  alternatives: ReadonlyMap<string, Predicate>,
): readonly Predicate[] {
  const index = operands.findIndex((operand) => isRepeated(operand, operands, alternatives));
  return index < 0 ? operands : withoutRepeated(operands.toSpliced(index, 1), alternatives);
}

/**
 * Whether an alternative says of itself what follows from the failure of another one: `a or (not a and b)` is
 * `a or b`, where `a` can only fail by being false: its terms have values wherever the rest of the alternative holds.
 */
function isRepeated(
  operand: Predicate,
  all: readonly Predicate[],
  alternatives: ReadonlyMap<string, Predicate>,
): boolean {
  if (!isAtom(operand) || !alternatives.has(oppositeKeyOf(operand))) return false;
  if (operand.kind === "defined" || operand.kind === "absent") return true;
  const rest = all.filter((other) => other !== operand && isAtom(other)) as Atom[];
  return strictTerms(operand).every(
    (term) => !mayBeAbsent(term) || rest.some((other) => impliesItself(other, termKey(term))),
  );
}

/** True exactly where the predicate is false. */
export function complement(predicate: Predicate): Predicate {
  switch (predicate.kind) {
    case "always":
      return NEVER;
    case "never":
      return ALWAYS;
    case "and":
      return or(...predicate.operands.map(complement));
    case "or":
      return and(...predicate.operands.map(complement));
    case "unexpressed":
      return predicate;
    case "defined":
      return absent(predicate.term);
    case "absent":
      return defined(predicate.term);
    default:
      return or(negate(predicate), ...strictTerms(predicate).map(absent));
  }
}

/** An atom that has an opposite of its own kind. */
type Relation = Exclude<Atom, { kind: "defined" | "absent" }>;

/** All terms have values, and the relation does not hold. */
export function negate(atom: Relation): Predicate {
  if (atom.kind !== "compare") return { ...atom, negated: !atom.negated };
  const { left, right } = atom;
  if (atom.operator !== "==" || right.kind !== "literal" || right.value.type !== "Boolean") {
    return { ...atom, operator: NEGATED[atom.operator] };
  }
  // A boolean that isn't true is false: one form of each condition is easier to simplify.
  const value: Literal = { type: "Boolean", value: !right.value.value };
  return { kind: "compare", operator: "==", left, right: { kind: "literal", value } };
}

export function isAtom(predicate: Predicate): predicate is Atom {
  switch (predicate.kind) {
    case "always":
    case "never":
    case "and":
    case "or":
    case "unexpressed":
      return false;
    default:
      return true;
  }
}

function mayBeAbsent(term: Term): boolean {
  return term.kind !== "literal" && term.kind !== "row" && term.kind !== "session";
}

/** The one operand that isn't neutral, where there is just one: nothing is to be simplified then. */
function soleOf(neutral: "always" | "never", operands: readonly Predicate[]): Predicate | undefined {
  let sole: Predicate | undefined;
  for (const operand of operands) {
    if (operand.kind === neutral) continue;
    if (sole !== undefined) return undefined;
    sole = operand;
  }
  return sole ?? (neutral === "always" ? ALWAYS : NEVER);
}

/** Operands of the same kind are taken apart, equal ones kept once; undefined where one settles it. */
function collect(kind: "and" | "or", operands: readonly Predicate[]): Map<string, Predicate> | undefined {
  const parts = new Map<string, Predicate>();
  return collectInto(parts, kind, operands) ? parts : undefined;
}

function collectInto(
  parts: Map<string, Predicate>,
  kind: "and" | "or",
  operands: readonly Predicate[],
): boolean {
  for (const operand of operands) {
    switch (operand.kind) {
      case "always":
      case "never":
        if ((operand.kind === "never") === (kind === "and")) return false;
        break;
      case kind:
        if (!collectInto(parts, kind, (operand as Predicate & { kind: "and" }).operands)) return false;
        break;
      default:
        parts.set(keyOf(operand), operand);
    }
  }
  return true;
}

function impliesOther(atom: Atom, own: string, parts: ReadonlyMap<string, Predicate>): boolean {
  if (![...parts.values()].some(({ kind }) => kind === "defined")) return false;
  return impliedTerms(atom).some((term) => {
    const key = definedKey(term);
    return key !== own && parts.has(key);
  });
}

function joined(kind: "and" | "or", operands: readonly Predicate[]): Predicate {
  const [first] = operands;
  if (first === undefined) return kind === "and" ? ALWAYS : NEVER;
  return operands.length === 1 ? first : { kind, operands };
}

/** `a == 1 or a == 2` is `a among [1, 2]`. */
function mergeEqualities(operands: readonly Predicate[]): readonly Predicate[] {
  const byTerm = new Map<string, { term: Term; values: Map<string, Literal>; at: number }>();
  const merged: Predicate[] = [];
  for (const operand of operands) {
    const equality = equalityOf(operand);
    const key = equality === undefined ? "" : termKey(equality.term);
    const before = byTerm.get(key);
    if (equality === undefined) merged.push(operand);
    else if (before === undefined) {
      const values = new Map(equality.values.map((value) => [literalKey(value), value]));
      byTerm.set(key, { term: equality.term, values, at: merged.push(operand) - 1 });
    } else {
      for (const value of equality.values) before.values.set(literalKey(value), value);
      merged[before.at] = amongst(before.term, [...before.values.values()]);
    }
  }
  return merged;
}

/** One of the values, all of the term's own kind. */
export function amongst(term: Term, values: readonly Literal[], negated = false): Predicate {
  const [only] = values;
  if (only === undefined) return negated ? defined(term) : NEVER;
  if (values.length > 1) return { kind: "among", negated, term, values };
  const right: Term = { kind: "literal", value: only };
  return { kind: "compare", operator: negated ? "!=" : "==", left: term, right };
}

function equalityOf(predicate: Predicate): { term: Term; values: readonly Literal[] } | undefined {
  if (predicate.kind === "among" && !predicate.negated) return predicate;
  if (predicate.kind !== "compare" || predicate.operator !== "==") return undefined;
  const { left, right } = predicate;
  return right.kind === "literal" ? { term: left, values: [right.value] } : undefined;
}
