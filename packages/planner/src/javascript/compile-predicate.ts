import { CedarSet, type Entities, type EntityUid, IpAddr, type Value, valuesEqual } from "@cordon/engine";
import {
  containsAll,
  containsAny,
  Failure,
  greater,
  greaterOrEqual,
  isEmpty,
  isIn,
  less,
  lessOrEqual,
  like,
} from "@cordon/engine/expression";
import {
  type Atom,
  isTerm,
  literalValue,
  type Predicate,
  type RowPredicate,
  type Term,
} from "../predicate/index.js";
import { type Evaluate, evaluatorOf } from "./terms.js";

/** Whether the predicate holds for an entity of its type. */
export type EntityFilter = (row: EntityUid, entities: Entities) => boolean;

/**
 * Compiles a predicate to a function over entities, for what is in memory. It says of each entity what a database
 * says of its row. What was left open counts as true.
 */
export function compilePredicate({ condition, resourceType }: RowPredicate): EntityFilter {
  const holds = filterOf(condition);
  return (row, entities) => row.type === resourceType && holds(row, entities);
}

function filterOf(predicate: Predicate): EntityFilter {
  switch (predicate.kind) {
    case "always":
    case "unexpressed":
      return () => true;
    case "never":
      return () => false;
    case "and": {
      const operands = predicate.operands.map(filterOf);
      return (row, entities) => operands.every((operand) => operand(row, entities));
    }
    case "or": {
      const operands = predicate.operands.map(filterOf);
      return (row, entities) => operands.some((operand) => operand(row, entities));
    }
    case "absent": {
      const term = evaluatorOf(predicate.term);
      return (row, entities) => attempt(() => term(row, entities)) === undefined;
    }
    default:
      return relationOf(predicate);
  }
}

/** Not true where a term has no value. */
function relationOf(atom: Exclude<Atom, { kind: "absent" }>): EntityFilter {
  const [terms, holds] = partsOf(atom);
  const evaluators = terms.map(evaluatorOf);
  const expected = !("negated" in atom && atom.negated);
  return (row, entities) =>
    attempt(() => {
      const values = evaluators.map((evaluate: Evaluate) => evaluate(row, entities));
      return holds(values, entities) === expected;
    }) === true;
}

type Relation = (values: readonly Value[], entities: Entities) => Value;

function partsOf(atom: Exclude<Atom, { kind: "absent" }>): [readonly Term[], Relation] {
  switch (atom.kind) {
    case "defined":
      return [[atom.term], () => true];
    case "compare":
      return [[atom.left, atom.right], COMPARISONS[atom.operator]];
    case "among": {
      const values = CedarSet.of(atom.values.map(literalValue));
      return [[atom.term], ([value = false]) => values.has(value)];
    }
    case "like":
      return [[atom.term], ([text = false]) => like(text, atom.pattern)];
    case "contains":
      return [
        [atom.set, atom.element],
        ([set, element = false]) => set instanceof CedarSet && set.has(element),
      ];
    case "containsAll":
      return [[atom.left, atom.right], ([left = false, right = false]) => containsAll(left, right)];
    case "containsAny":
      return [[atom.left, atom.right], ([left = false, right = false]) => containsAny(left, right)];
    case "isEmpty":
      return [[atom.set], ([set = false]) => isEmpty(set)];
    case "within": {
      if (isTerm(atom.of))
        return [[atom.member, atom.of], ([member = false, of = false], all) => isIn(member, of, all)];
      const of = CedarSet.of(atom.of.map(literalValue));
      return [[atom.member], ([member = false], entities) => isIn(member, of, entities)];
    }
    case "inRange":
      return [
        [atom.address, atom.range],
        ([address, range]) =>
          address instanceof IpAddr && range instanceof IpAddr && address.isInRange(range),
      ];
    case "isIpv4":
      return [[atom.address], ([address]) => address instanceof IpAddr && address.version === 4];
  }
}

const COMPARISONS: Readonly<Record<(Atom & { kind: "compare" })["operator"], Relation>> = {
  "==": ([left = false, right = false]) => valuesEqual(left, right),
  "!=": ([left = false, right = false]) => !valuesEqual(left, right),
  "<": ([left = false, right = false]) => less(comparable(left), comparable(right)),
  "<=": ([left = false, right = false]) => lessOrEqual(comparable(left), comparable(right)),
  ">": ([left = false, right = false]) => greater(comparable(left), comparable(right)),
  ">=": ([left = false, right = false]) => greaterOrEqual(comparable(left), comparable(right)),
};

/** Predicates order decimals by the operators that Cedar has for integers. */
function comparable(value: Value): Value {
  return typeof value === "object" && "units" in value ? value.units : value;
}

function attempt<T>(evaluate: () => T): T | undefined {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
