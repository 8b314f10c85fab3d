import type { ExprJson } from "@cordon/engine";
import { Evaluator } from "./evaluator.js";
import { binaryOf, formOf, plainForm, valueKey } from "./forms.js";
import { intersect } from "./ranges.js";
import { rangesOf } from "./relations.js";
import { State } from "./state.js";

/**
 * Reasons about Cedar expressions for all requests of one kind at once, by the schema's types, by what earlier
 * conditions established, and by the engine where everything is known. What it says holds for every request; where it
 * can't tell, it says so. It takes entities to be as the schema declares them, and doesn't take them to exist:
 * `has` of a required attribute can be false.
 */
export class Reasoner extends Evaluator {
  /**
   * What is known once `expr` came out as `truth`; null where it can't.
   *
   * @param because what says so, where `expr` isn't as the policy has it
   */
  assume(expr: ExprJson, truth: boolean, state: State, because?: ExprJson): State | null {
    const plain = plainForm(expr);
    const [operator, body] = formOf(plain);
    const origin = plain === expr ? because : (because ?? expr);
    switch (operator) {
      case "!":
        return this.assume((body as { arg: ExprJson }).arg, !truth, state, origin);
      case "&&":
      case "||":
        return this.#assumeBoth(binaryOf(body), operator === "&&", truth, state, origin);
      case "if-then-else": {
        const { if: test, then: yes, else: no } = body as { if: ExprJson; then: ExprJson; else: ExprJson };
        const whenTrue = this.assume(test, true, state);
        const whenFalse = this.assume(test, false, state);
        return State.either(
          whenTrue && this.assume(yes, truth, whenTrue),
          whenFalse && this.assume(no, truth, whenFalse),
        );
      }
      default: {
        const { constant } = this.evaluate(plain, state);
        if (typeof constant === "boolean" && constant !== truth) return null;
        const said = origin ?? expr;
        const known = state.with(plain, { constant: truth, because: said });
        return known && this.#refine(operator, body, truth, said, known);
      }
    }
  }

  /** Both are so, or else the first isn't, or is and the second isn't; for `||` the other way round. */
  #assumeBoth(
    { left, right }: { left: ExprJson; right: ExprJson },
    both: boolean,
    truth: boolean,
    state: State,
    because: ExprJson | undefined,
  ) {
    const first = this.assume(left, both, state, because);
    if (truth === both) return first && this.assume(right, both, first, because);
    const other = first && this.assume(right, !both, first, because);
    return State.either(this.assume(left, !both, state, because), other);
  }

  #refine(operator: string, body: unknown, truth: boolean, because: ExprJson, state: State): State | null {
    switch (operator) {
      case "==": {
        const { left, right } = binaryOf(body);
        const once = this.#refineEqual(left, right, truth, because, state);
        return once && this.#refineEqual(right, left, truth, because, once);
      }
      case "<": {
        const { left, right } = binaryOf(body);
        return truth
          ? this.#refineOrder(left, right, 1n, because, state)
          : this.#refineOrder(right, left, 0n, because, state);
      }
      case "is": {
        const { left, entity_type } = body as { left: ExprJson; entity_type: string };
        return truth ? state.with(left, { entityType: entity_type, because }) : state;
      }
      case "contains": {
        const { left, right } = binaryOf(body);
        const { constant } = this.evaluate(left, state);
        if (!Array.isArray(constant) || this.evaluate(right, state).constant !== undefined) return state;
        const values = new Map(constant.map((value) => [valueKey(value), value]));
        return state.with(
          right,
          truth ? { among: values, because } : { excluded: new Set(values.keys()), because },
        );
      }
      default:
        return state;
    }
  }

  #refineEqual(
    expr: ExprJson,
    other: ExprJson,
    truth: boolean,
    because: ExprJson,
    state: State,
  ): State | null {
    const value = this.evaluate(other, state);
    if (this.evaluate(expr, state).constant !== undefined) return state;
    if (value.constant !== undefined) {
      if (truth) return state.with(expr, { constant: value.constant, because });
      return state.with(expr, { excluded: new Set([valueKey(value.constant)]), because });
    }
    return truth && value.range ? state.with(expr, { range: value.range, because }) : state;
  }

  /** `lower` is less than `higher` by at least `gap`. */
  #refineOrder(
    lower: ExprJson,
    higher: ExprJson,
    gap: bigint,
    because: ExprJson,
    state: State,
  ): State | null {
    const [low, high] = rangesOf(this.evaluate(lower, state), this.evaluate(higher, state));
    if (low === undefined || high === undefined) return state;
    const belowHigh = intersect(low, { low: low.low, high: high.high - gap });
    const aboveLow = intersect(high, { low: low.low + gap, high: high.high });
    if (belowHigh === null || aboveLow === null) return null;
    const once = state.with(lower, { range: belowHigh, because });
    return once === null ? null : once.with(higher, { range: aboveLow, because });
  }
}
