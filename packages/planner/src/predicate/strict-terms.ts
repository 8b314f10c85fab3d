import type { Atom, Term } from "./types.js";

/** The terms of an atom that must all have a value for it to hold. */
export function strictTerms(atom: Atom): readonly Term[] {
  switch (atom.kind) {
    case "defined":
    case "among":
    case "like":
      return [atom.term];
    case "absent":
      return [];
    case "compare":
    case "containsAll":
    case "containsAny":
      return [atom.left, atom.right];
    case "contains":
      return [atom.set, atom.element];
    case "isEmpty":
      return [atom.set];
    case "within":
      return isTerm(atom.of) ? [atom.member, atom.of] : [atom.member];
    case "inRange":
      return [atom.address, atom.range];
    case "isIpv4":
      return [atom.address];
  }
}

export function isTerm(of: object): of is Term {
  return "kind" in of;
}

/** All terms that have a value wherever the atom holds: those in it, and what they are of. */
export function impliedTerms(atom: Atom): readonly Term[] {
  const found: Term[] = [];
  const visit = (term: Term): void => {
    found.push(term);
    for (const part of partsOf(term)) visit(part);
  };
  for (const term of strictTerms(atom)) visit(term);
  return found;
}

function partsOf(term: Term): readonly Term[] {
  switch (term.kind) {
    case "literal":
    case "row":
    case "session":
      return [];
    case "attribute":
      return [term.of];
    case "tag":
      return [term.of, term.key];
    case "arithmetic":
      return [term.left, term.right];
    case "call":
      return term.args;
  }
}
