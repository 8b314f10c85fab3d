import { isTerm } from "./strict-terms.js";
import type { Atom, Literal, Predicate, Term } from "./types.js";

const terms = new WeakMap<Term, string>();
const predicates = new WeakMap<Predicate, string>();

/** Text that two predicates share exactly when they say the same. */
export function keyOf(predicate: Predicate): string {
  let key = predicates.get(predicate);
  if (key === undefined) {
    key = makeKey(predicate);
    predicates.set(predicate, key);
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
      return `${OPPOSITE[atom.operator]} ${bodyKey(atom)}`;
    default:
      return atomKey(atom, !atom.negated);
  }
}

export function definedKey(term: Term): string {
  return `defined ${termKey(term)}`;
}

export function termKey(term: Term): string {
  let key = terms.get(term);
  if (key === undefined) {
    key = makeTermKey(term);
    terms.set(term, key);
  }
  return key;
}

/** Texts are quoted, so that nothing in them can be taken for what is around them. */
export function literalKey(literal: Literal): string {
  switch (literal.type) {
    case "Entity":
      return `${literal.name}::${JSON.stringify(literal.id)}`;
    case "Set":
      return `[${literal.elements.map(literalKey).join()}]`;
    case "String":
      return JSON.stringify(literal.value);
    default:
      return `${literal.type}:${literal.value}`;
  }
}

const OPPOSITE = { "==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<" } as const;

function makeKey(predicate: Predicate): string {
  switch (predicate.kind) {
    case "always":
    case "never":
      return predicate.kind;
    case "and":
    case "or":
      return `${predicate.kind}(${predicate.operands.map(keyOf).join()})`;
    case "unexpressed":
      return `unexpressed ${JSON.stringify([predicate.policyId, predicate.clause])}`;
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
      return `${termKey(atom.term)} ${JSON.stringify(atom.pattern)}`;
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
function makeTermKey(term: Term): string {
  switch (term.kind) {
    case "literal":
      return literalKey(term.value);
    case "row":
      return "row";
    case "attribute":
      return `${termKey(term.of)}.${JSON.stringify(term.name)}`;
    case "tag":
      return `${termKey(term.of)}#(${termKey(term.key)})`;
    case "arithmetic":
      return `(${termKey(term.left)}${term.operator}${termKey(term.right)})`;
    case "call":
      return `${term.fn}(${term.args.map(termKey).join()})`;
  }
}
