import { CedarRecord, CedarSet, type Value, valuesEqual } from "@cordon/engine";
import { containsAll as valueContainsAll, containsAny as valueContainsAny } from "@cordon/engine/expression";
import { PlanError } from "../plan-error.js";
import {
  absent,
  amongst,
  and,
  type Comparison,
  complement,
  defined,
  elementKind,
  type Kind,
  kindOfLiteral,
  type Literal,
  literalOf,
  NEVER,
  negate,
  or,
  type Predicate,
  type Term,
} from "../predicate/index.js";
import { memberOf } from "./attribute-types.js";
import { definedness, kindOfOperand, type Operand, termOf, typeOfTerm, valueOperand } from "./operand.js";
import { ERROR, FALSE, falseWhere, strictAllOf, strictAnyOf, TRUE, type Truth, trueWhere } from "./truth.js";

/** `left == right`: false for values of different kinds, never an error of its own. */
export function equality(left: Operand, right: Operand): Truth {
  if (left.kind === "value" && right.kind === "value") {
    return valuesEqual(left.value, right.value) ? TRUE : FALSE;
  }
  const kind = kindOfOperand(left);
  if (kind !== kindOfOperand(right)) return falseWhere(and(definedness(left), definedness(right)));
  if (kind === "Record") return equalRecords(left, right);
  return kind === "Set" ? equalSets(left, right) : equalTerms(termOf(left), termOf(right));
}

function equalTerms(left: Term, right: Term): Truth {
  if (left.kind === "literal") return equalTerms(right, left);
  const equal: Comparison = { kind: "compare", operator: "==", left, right };
  return { holds: equal, fails: negate(equal) };
}

/** Member by member: equal are records that have the same ones, with equal values. */
function equalRecords(left: Operand, right: Operand): Truth {
  const names = new Set([...memberNames(left), ...memberNames(right)]);
  const both = and(definedness(left), definedness(right));
  const holds = and(
    both,
    ...[...names].map((name) => sameMember(memberAt(left, name), memberAt(right, name))),
  );
  return { holds, fails: and(both, complement(holds)) };
}

function sameMember(left: Operand | undefined, right: Operand | undefined): Predicate {
  if (left === undefined && right === undefined) return { kind: "always" };
  if (left === undefined || right === undefined) return missing(left ?? right);
  return or(equality(left, right).holds, and(missing(left), missing(right)));
}

/** Whether a member that a record may have isn't there. */
function missing(member: Operand | undefined): Predicate {
  return member?.kind === "term" ? absent(member.term) : NEVER;
}

function memberNames(record: Operand): readonly string[] {
  if (record.kind === "record") return [...record.members.keys()];
  if (record.kind === "value" && record.value instanceof CedarRecord) return [...record.value.keys()];
  const type = record.kind === "term" ? typeOfTerm(record.term) : undefined;
  if (type?.type === "Record") return Object.keys(type.attributes);
  throw new PlanError("type_unknown", "nothing says which members a record has");
}

function memberAt(record: Operand, name: string): Operand | undefined {
  if (record.kind === "record") return record.members.get(name);
  if (record.kind === "value") {
    const value = record.value instanceof CedarRecord ? record.value.get(name) : undefined;
    return value === undefined ? undefined : valueOperand(value);
  }
  if (record.kind !== "term") return undefined;
  const type = typeOfTerm(record.term);
  const member = type?.type === "Record" ? memberOf(type, name) : undefined;
  if (member === undefined) return undefined;
  return { kind: "term", term: { kind: "attribute", of: record.term, name, type: member } };
}

export function contains(set: Operand, element: Operand): Truth {
  if (kindOfOperand(set) !== "Set") return ERROR;
  const elements = elementsOf(set);
  if (elements !== undefined) return containedIn(elements, element);
  const term = termOf(set);
  const kind = kindOfOperand(element);
  if (kind !== elementKind(term)) return falseWhere(and(defined(term), definedness(element)));
  const atom = { kind: "contains", set: term, element: termOf(element) } as const;
  return either({ ...atom, negated: false }, { ...atom, negated: true });
}

/** Whether one of several operands, all of which are evaluated, equals the element. */
function containedIn(elements: readonly Operand[], element: Operand): Truth {
  if (element.kind === "term" && elements.every((part) => part.kind === "value")) {
    const kind = kindOfOperand(element);
    const values = elements.filter((part) => kindOfOperand(part) === kind).map((part) => part.value);
    if (kind !== "Set" && kind !== "Record") return amongValues(element.term, values);
  }
  if (elements.length === 0) return falseWhere(definedness(element));
  return strictAnyOf(elements.map((part) => equality(part, element)));
}

export function amongValues(term: Term, values: readonly Value[]): Truth {
  const literals = values.map(literalOf);
  return either(amongst(term, literals), amongst(term, literals, true));
}

export function containsAll(superset: Operand, subset: Operand): Truth {
  if (kindOfOperand(superset) !== "Set" || kindOfOperand(subset) !== "Set") return ERROR;
  if (superset.kind === "value" && subset.kind === "value") {
    return valueContainsAll(superset.value, subset.value) ? TRUE : FALSE;
  }
  if (subset.kind === "set" || superset.kind === "set") {
    const wanted = elementsOf(subset);
    if (wanted === undefined) throw madeOfParts();
    if (wanted.length === 0) return trueWhere(definedness(superset));
    return strictAllOf(wanted.map((element) => contains(superset, element)));
  }
  return containsAllTerms(termOf(superset), termOf(subset));
}

function containsAllTerms(left: Term, right: Term): Truth {
  const both = and(defined(left), defined(right));
  const kind = elementKind(left.kind === "literal" ? right : left);
  if (right.kind === "literal") {
    const wanted = literalsOf(right);
    if (wanted.length === 0) return trueWhere(both);
    if (matching(right, kind).length < wanted.length) return falseWhere(both);
    return allAtom(left, right);
  }
  if (left.kind === "literal") {
    const offered = matching(left, kind);
    return offered.length === 0 ? emptiness(right) : allAtom(setLiteral(offered), right);
  }
  if (kind === elementKind(right)) return allAtom(left, right);
  const empty = emptiness(right);
  return { holds: and(both, empty.holds), fails: and(both, empty.fails) };
}

export function containsAny(left: Operand, right: Operand): Truth {
  if (kindOfOperand(left) !== "Set" || kindOfOperand(right) !== "Set") return ERROR;
  if (left.kind === "value" && right.kind === "value") {
    return valueContainsAny(left.value, right.value) ? TRUE : FALSE;
  }
  const [parts, other] = left.kind === "set" ? [left, right] : [right, left];
  if (parts.kind === "set") {
    if (other.kind === "value" && other.value instanceof CedarSet && other.value.size === 0) {
      return falseWhere(definedness(parts));
    }
    return strictAnyOf(parts.elements.map((element) => contains(other, element)));
  }
  return left.kind === "value"
    ? anyOfTerms(termOf(right), termOf(left))
    : anyOfTerms(termOf(left), termOf(right));
}

function anyOfTerms(left: Term, right: Term): Truth {
  const both = and(defined(left), defined(right));
  const kind = elementKind(left);
  const values = right.kind === "literal" ? matching(right, kind) : [];
  if (right.kind === "literal" ? values.length === 0 : kind !== elementKind(right)) return falseWhere(both);
  const atom = {
    kind: "containsAny",
    left,
    right: right.kind === "literal" ? setLiteral(values) : right,
  } as const;
  return either({ ...atom, negated: false }, { ...atom, negated: true });
}

export function isEmpty(set: Operand): Truth {
  if (kindOfOperand(set) !== "Set") return ERROR;
  const elements = elementsOf(set);
  if (elements === undefined) return emptiness(termOf(set));
  return elements.length === 0 ? TRUE : falseWhere(definedness(set));
}

function emptiness(set: Term): Truth {
  return either({ kind: "isEmpty", negated: false, set }, { kind: "isEmpty", negated: true, set });
}

/** Sets are equal where each contains all of the other. */
function equalSets(left: Operand, right: Operand): Truth {
  if (left.kind === "set" || right.kind === "set") throw madeOfParts();
  return strictAllOf([containsAll(left, right), containsAll(right, left)]);
}

/** The elements, where they are told apart; undefined for a set that is in the row. */
function elementsOf(set: Operand): readonly Operand[] | undefined {
  if (set.kind === "set") return set.elements;
  return set.kind === "value" && set.value instanceof CedarSet ? [...set.value].map(valueOperand) : undefined;
}

function allAtom(left: Term, right: Term): Truth {
  const atom = { kind: "containsAll", left, right } as const;
  return either({ ...atom, negated: false }, { ...atom, negated: true });
}

export function either(holds: Predicate, fails: Predicate): Truth {
  return { holds, fails };
}

/** Elements of another kind are in no set of the term's. */
function matching(set: Term & { kind: "literal" }, kind: Kind | undefined): readonly Literal[] {
  return literalsOf(set).filter((element) => kindOfLiteral(element) === kind);
}

function literalsOf({ value }: Term & { kind: "literal" }): readonly Literal[] {
  return value.type === "Set" ? value.elements : [];
}

function setLiteral(elements: readonly Literal[]): Term {
  return { kind: "literal", value: { type: "Set", elements } };
}

function madeOfParts(): PlanError {
  return new PlanError("not_expressible", "a set made of attributes of the row is compared as a whole", {
    help: "ask for its elements with `contains`",
  });
}

const FLIPPED = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;
const ORDERED: ReadonlySet<string> = new Set(["Long", "datetime", "duration"]);

export function order(operator: "<" | "<=" | ">" | ">=", left: Operand, right: Operand): Truth {
  const kind = kindOfOperand(left);
  if (kind !== kindOfOperand(right) || !ORDERED.has(kind)) return ERROR;
  return compared(operator, termOf(left), termOf(right));
}

/** A literal, if any, stands on the right. */
export function compared(operator: "<" | "<=" | ">" | ">=", left: Term, right: Term): Truth {
  if (left.kind === "literal") return compared(FLIPPED[operator], right, left);
  return either(
    { kind: "compare", operator, left, right },
    { kind: "compare", operator: OPPOSITE[operator], left, right },
  );
}

const OPPOSITE = { "<": ">=", "<=": ">", ">": "<=", ">=": "<" } as const;
