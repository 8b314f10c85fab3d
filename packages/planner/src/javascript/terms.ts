import type { Entities, EntityUid, Value } from "@cordon/engine";
import {
  add,
  applyExtension,
  extensionFunction,
  getAttribute,
  getTag,
  multiply,
  subtract,
} from "@cordon/engine/expression";
import { PlanError } from "../plan-error.js";
import { literalValue, type Term } from "../predicate/index.js";

/** @throws Failure where the term has no value */
export type Evaluate = (row: EntityUid, entities: Entities) => Value;

const ARITHMETIC = { "+": add, "-": subtract, "*": multiply } as const;

export function evaluatorOf(term: Term): Evaluate {
  switch (term.kind) {
    case "literal": {
      const value = literalValue(term.value);
      return () => value;
    }
    case "row":
      return (row) => row;
    case "session":
      throw new PlanError("not_known", `the ${term.variable} is known to sessions of a database alone`);
    case "attribute": {
      const of = evaluatorOf(term.of);
      return (row, entities) => getAttribute(of(row, entities), term.name, entities);
    }
    case "tag": {
      const [of, key] = [evaluatorOf(term.of), evaluatorOf(term.key)];
      return (row, entities) => getTag(of(row, entities), key(row, entities), entities);
    }
    case "arithmetic": {
      const [left, right] = [evaluatorOf(term.left), evaluatorOf(term.right)];
      const apply = ARITHMETIC[term.operator];
      return (row, entities) => apply(left(row, entities), right(row, entities));
    }
    case "call": {
      const fn = extensionFunction(term.fn);
      if (fn === undefined) throw new PlanError("predicate_invalid", `there is no function \`${term.fn}\``);
      const args = term.args.map(evaluatorOf);
      return (row, entities) =>
        applyExtension(
          fn,
          args.map((arg) => arg(row, entities)),
        );
    }
  }
}
