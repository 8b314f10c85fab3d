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
  const keys = new Set(parts.keys());
  const terms = new Set<string>();
  for (const part of parts.values()) {
    if (!isAtom(part)) continue;
    for (const term of impliedTerms(part)) {
      if (part.kind !== "defined" || term !== part.term) terms.add(termKey(term));
    }
  }
  for (const [key, part] of parts) {
    if (part.kind === "defined" && terms.has(termKey(part.term))) parts.delete(key);
    else if (part.kind === "absent" && terms.has(termKey(part.term))) return NEVER;
    else if (isAtom(part) && keys.has(oppositeKeyOf(part))) return NEVER;
    else if (part.kind === "or" && part.operands.some((operand) => keys.has(keyOf(operand))))
      parts.delete(key);
  }
  return joined("and", [...parts.values()]);
}

export function or(...operands: readonly Predicate[]): Predicate {
  const sole = soleOf("never", operands);
  if (sole !== undefined) return sole;
  const parts = collect("or", operands);
  if (parts === undefined) return ALWAYS;
  const keys = new Set(parts.keys());
  for (const [key, part] of parts) {
    if (isAtom(part)) {
      if (keys.has(oppositeKeyOf(part))) {
        // Either it holds or its opposite does, where all terms have values.
        parts.delete(key);
        const either = and(...strictTerms(part).map(defined));
        return part.kind === "absent" || part.kind === "defined" ? ALWAYS : or(...parts.values(), either);
      }
      // Whatever holds only where a term has a value adds nothing to that term's having one.
      if (impliesOther(part, key, keys)) parts.delete(key);
    } else if (part.kind === "and" && part.operands.some((operand) => keys.has(keyOf(operand)))) {
      parts.delete(key);
    }
  }
  return joined("or", mergeEqualities([...parts.values()]));
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
  const [neutral, settling] = kind === "and" ? ["always", "never"] : ["never", "always"];
  const parts = new Map<string, Predicate>();
  const queue = [...operands];
  for (let operand = queue.shift(); operand !== undefined; operand = queue.shift()) {
    if (operand.kind === settling) return undefined;
    if (operand.kind === neutral) continue;
    if (operand.kind === kind) queue.unshift(...(operand as Predicate & { kind: "and" }).operands);
    else parts.set(keyOf(operand), operand);
  }
  return parts;
}

function impliesOther(atom: Atom, own: string, keys: ReadonlySet<string>): boolean {
  return impliedTerms(atom).some((term) => {
    const key = definedKey(term);
    return key !== own && keys.has(key);
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
