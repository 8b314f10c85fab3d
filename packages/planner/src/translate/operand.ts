import { CedarRecord, CedarSet, EntityUid, type SchemaType, type Value } from "@cordon/engine";
import { PlanError } from "../plan-error.js";
import {
  and,
  defined,
  entityLiteral,
  type Kind,
  kindOf,
  literalOf,
  type Predicate,
  type Term,
} from "../predicate/index.js";

/** What an expression comes to, as far as the row leaves it open. */
export type Operand =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "term"; readonly term: Term }
  /** Made of parts of which some depend on the row. */
  | { readonly kind: "set"; readonly elements: readonly Operand[] }
  | { readonly kind: "record"; readonly members: ReadonlyMap<string, Operand> };

/** Where `guard` holds, the expression comes to this. The guards of an expression's cases exclude one another. */
export interface Case {
  readonly guard: Predicate;
  readonly operand: Operand;
}

export function valueOperand(value: Value): Operand {
  return { kind: "value", value };
}

/** Whether the operand has a value. */
export function definedness(operand: Operand): Predicate {
  switch (operand.kind) {
    case "value":
      return { kind: "always" };
    case "term":
      return defined(operand.term);
    case "set":
      return and(...operand.elements.map(definedness));
    case "record":
      return and(...[...operand.members.values()].map(definedness));
  }
}

export function kindOfOperand(operand: Operand): Kind {
  switch (operand.kind) {
    case "value":
      return kindOfValue(operand.value);
    case "term":
      return kindOf(operand.term);
    case "set":
      return "Set";
    case "record":
      return "Record";
  }
}

function kindOfValue(value: Value): Kind {
  if (value instanceof CedarRecord) return "Record";
  const literal = literalOf(value instanceof CedarSet ? CedarSet.EMPTY : value);
  return literal.type === "Entity" ? `Entity ${literal.name}` : literal.type;
}

/** @throws PlanError `not_expressible` for what is made of parts */
export function termOf(operand: Operand): Term {
  switch (operand.kind) {
    case "term":
      return operand.term;
    case "value":
      if (operand.value instanceof EntityUid) return { kind: "literal", value: entityLiteral(operand.value) };
      return { kind: "literal", value: literalOf(operand.value) };
    default:
      throw new PlanError(
        "not_expressible",
        `a ${operand.kind} made of attributes of the row is compared as a whole`,
        {
          help: `compare its ${operand.kind === "set" ? "elements" : "members"}`,
        },
      );
  }
}

/** The type of an attribute or tag term. */
export function typeOfTerm(term: Term): SchemaType | undefined {
  return term.kind === "literal" || term.kind === "arithmetic" || term.kind === "call"
    ? undefined
    : term.type;
}
