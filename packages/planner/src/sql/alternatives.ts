import { PlanError } from "../plan-error.js";
import {
  type Atom,
  type EntityLiteral,
  entityTypeOf,
  isTerm,
  kindOf,
  type Predicate,
  type Term,
  type Within,
} from "../predicate/index.js";
import type { Query } from "./query.js";
import { TypeGraph } from "./type-graph.js";

/**
 * Whether indexes on the columns that hold ids can find the rows, if the database is asked in the right words.
 * Among alternatives that holds for all or for none: one that needs every row to be looked at leaves nothing for
 * an index to do.
 */
export function isServed(predicate: Predicate, query: Query): boolean {
  switch (predicate.kind) {
    case "never":
      return true;
    case "and":
      return predicate.operands.some((operand) => isServed(operand, query));
    case "or":
      return predicate.operands.every((operand) => isServed(operand, query));
    case "compare":
    case "among":
      return isEqual(predicate) && isPath(sideOf(predicate));
    case "within":
      return !predicate.negated && !isTerm(predicate.of) && isDirect(predicate, predicate.of, query);
    default:
      return false;
  }
}

/**
 * The reference of the row that the atom speaks of a related entity through: `resource.customer` for
 * `resource.customer.manager is User::"ann"`. Undefined for other atoms than those.
 */
export function linkOf(atom: Atom): Term | undefined {
  if ((atom.kind !== "compare" && atom.kind !== "among") || !isEqual(atom) || !isPath(sideOf(atom))) {
    return undefined;
  }
  const side = sideOf(atom);
  if (side.kind !== "attribute" || side.of.kind === "row") return undefined;
  let link: Term = side.of;
  while (link.kind === "attribute" && link.of.kind !== "row") link = link.of;
  return link;
}

type Equality = Atom & { readonly kind: "compare" | "among" };

/** Only of entities: what refers to them is what has an index. */
function isEqual(atom: Equality): boolean {
  if (atom.kind === "among") return !atom.negated && atom.values.every(({ type }) => type === "Entity");
  const { operator, right } = atom;
  return operator === "==" && right.kind === "literal" && right.value.type === "Entity";
}

function sideOf(atom: Equality): Term {
  return atom.kind === "compare" ? atom.left : atom.term;
}

/** From the row, from entity to entity. */
function isPath(term: Term): boolean {
  if (term.kind === "row") return true;
  return term.kind === "attribute" && entityTypeOf(kindOf(term)) !== undefined && isPath(term.of);
}

/** Whether nothing needs to be looked up: the row's own columns say what it is below. */
function isDirect(atom: Within, of: readonly EntityLiteral[], query: Query): boolean {
  try {
    return needsNoRows(atom, of, query);
  } catch (error) {
    // What the mapping doesn't say is found out, and told, by whoever compiles it.
    if (error instanceof PlanError) return false;
    throw error;
  }
}

function needsNoRows({ member }: Within, of: readonly EntityLiteral[], query: Query): boolean {
  const type = entityTypeOf(kindOf(member)) ?? "";
  const sought = new Set(of.map(({ name }) => name));
  const graph = new TypeGraph(query, sought);
  const parents = graph.parentsOf(type);
  if (parents.length === 0)
    return isPath(member) && (member.kind !== "attribute" || member.of.kind === "row");
  return (
    member.kind === "row" &&
    parents.every(
      (parent) => "column" in parent && sought.has(parent.type) && graph.parentsOf(parent.type).length === 0,
    )
  );
}
