import { isTerm } from "./strict-terms.js";
import type { Atom, Comparison, Literal, Predicate, Term } from "./types.js";

/** Keys of groups alone: to remember each atom's costs more, in garbage collection, than to make it again. */
const groups = new WeakMap<Predicate, string>();

/** Text that two predicates share exactly when they say the same. */
export function keyOf(predicate: Predicate): string {
  switch (predicate.kind) {
    case "and":
    case "or":
      return groupKey(predicate);
    default:
      return makeKey(predicate);
  }
}

function groupKey(group: Predicate & { kind: "and" | "or" }): string {
  let key = groups.get(group);
  if (key === undefined) {
    key = `${group.kind}(${group.operands.map(keyOf).join()})`;
    groups.set(group, key);
  }
  return key;
}

/** The key of the atom that says the opposite where all terms have values. */
export function oppositeKeyOf(atom: Atom): string {
  switch (atom.kind) {
    case "defined":
      return `absent ${termKey(atom.term)}`;
    case "absent":
      return definedKey(atom.term);
    case "compare":
      return oppositeComparisonKey(atom);
    default:
      return atomKey(atom, !atom.negated);
  }
}

/** A boolean that isn't true is false. */
function oppositeComparisonKey(atom: Comparison): string {
  const { left, right, operator } = atom;
  if (operator !== "==" || right.kind !== "literal" || right.value.type !== "Boolean") {
    return `${OPPOSITE[operator]} ${bodyKey(atom)}`;
  }
  return `== ${termKey(left)} ${literalKey({ type: "Boolean", value: !right.value.value })}`;
}

export function definedKey(term: Term): string {
  return `defined ${termKey(term)}`;
}

/** A text goes with its length, so that nothing in it can be taken for what is around it. */
export function literalKey(literal: Literal): string {
  switch (literal.type) {
    case "Entity":
      return `${literal.name}::${sized(literal.id)}`;
    case "Set":
      return `[${literal.elements.map(literalKey).join()}]`;
    case "String":
      return sized(literal.value);
    default:
      return `${literal.type}:${literal.value}`;
  }
}

const OPPOSITE = { "==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<" } as const;

function makeKey(predicate: Exclude<Predicate, { kind: "and" | "or" }>): string {
  switch (predicate.kind) {
    case "always":
    case "never":
      return predicate.kind;
    case "unexpressed":
      return `unexpressed ${sized(predicate.policyId)} ${sized(predicate.clause)}`;
    case "defined":
      return definedKey(predicate.term);
    case "absent":
      return `absent ${termKey(predicate.term)}`;
    case "compare":
      return `${predicate.operator} ${bodyKey(predicate)}`;
    default:
      return atomKey(predicate, predicate.negated);
  }
}

function atomKey(atom: Exclude<Atom, { kind: "defined" | "absent" | "compare" }>, negated: boolean): string {
  return `${negated ? "not " : ""}${atom.kind} ${bodyKey(atom)}`;
}

function bodyKey(atom: Exclude<Atom, { kind: "defined" | "absent" }>): string {
  switch (atom.kind) {
    case "compare":
    case "containsAll":
    case "containsAny":
      return `${termKey(atom.left)} ${termKey(atom.right)}`;
    case "among":
      return `${termKey(atom.term)} ${atom.values.map(literalKey).join()}`;
    case "like":
      return `${termKey(atom.term)} ${atom.pattern.map(sized).join()}`;
    case "contains":
      return `${termKey(atom.set)} ${termKey(atom.element)}`;
    case "isEmpty":
      return termKey(atom.set);
    case "within": {
      const of = isTerm(atom.of) ? termKey(atom.of) : `[${atom.of.map(literalKey).join()}]`;
      return `${termKey(atom.member)} ${of}`;
    }
    case "inRange":
      return `${termKey(atom.address)} ${termKey(atom.range)}`;
    case "isIpv4":
      return termKey(atom.address);
  }
}

/** Types are left out: the same attribute of the same thing has the same type. */
export function termKey(term: Term): string {
  switch (term.kind) {
    case "literal":
      return literalKey(term.value);
    case "row":
      return "row";
    case "session":
      return term.variable;
    case "attribute":
      return `${termKey(term.of)}.${sized(term.name)}`;
    case "tag":
      return `${termKey(term.of)}#(${termKey(term.key)})`;
    case "arithmetic":
      return `(${termKey(term.left)}${term.operator}${termKey(term.right)})`;
    case "call":
      return `${term.fn}(${term.args.map(termKey).join()})`;
  }
}

function sized(text: string): string {
  return `${text.length}:${text}`;
}
