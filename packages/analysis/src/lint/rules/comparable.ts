import type { ActionConstraintJson, ExprJson } from "@cordon/engine";
import { binaryOf, formOf, keyOf, plainForm } from "../reasoning/forms.js";
import { type PolicyReasoning, reasonerFor } from "../reasoning/policy-reasoning.js";
import type { TypeWorld } from "../reasoning/type-world.js";
import type { Examined } from "./reach.js";

/** A condition that a policy asks for, and what it must come to. */
interface Asked {
  readonly condition: ExprJson;
  readonly truth: boolean;
}

/** What comparing a policy with others needs of it. */
export interface Comparable {
  readonly world: TypeWorld;
  readonly isTemplate: boolean;
  readonly action: ActionConstraintJson;
  readonly reasoning: Pick<PolicyReasoning, "actions" | "satisfiable" | "isComplete" | "mentionsAction">;
  /** Equal for policies that say the same; null where that can't be told. */
  readonly signature: string;
  readonly asked: readonly Asked[];
  /** What is known wherever the policy applies, in the terms of `needs`. */
  readonly offers: ReadonlySet<string>;
  /** What must be known wherever another policy applies for this one to apply there too; of each condition one thing. */
  readonly needs: readonly string[];
  readonly obligations: ReadonlySet<string>;
}

export function comparableOf(examined: Examined): Comparable {
  const { syntax, reasoning } = examined;
  const asked: Asked[] = [
    ...reasoning.scope.map(({ condition }) => ({ condition, truth: true })),
    ...syntax.clauses.flatMap(({ kind, body }) => conjuncts(body, kind === "when")),
  ];
  const { effect, principal, action, resource } = syntax.policy;
  const conditions = asked.map(({ condition, truth }) => `${truth} ${keyOf(plainForm(condition))}`);
  const scope = JSON.stringify([principal, action, resource]);
  const obligations = syntax.annotations.find(({ name }) => name === "obligation")?.value ?? "";
  const { actions, satisfiable, isComplete, mentionsAction } = reasoning;
  return {
    world: examined.world,
    isTemplate: syntax.isTemplate,
    action,
    reasoning: { actions, satisfiable, isComplete, mentionsAction },
    signature: [effect, scope, ...new Set(conditions)].join("\n"),
    asked,
    offers: offersOf(examined),
    needs: asked.flatMap(({ condition, truth }) => needOf(condition, truth) ?? []),
    obligations: new Set(obligations.split(",").flatMap((name) => name.trim() || [])),
  };
}

/** What has to be so, one by one, for `expr` to come to `truth`. */
function conjuncts(expr: ExprJson, truth: boolean): Asked[] {
  const [operator, body] = formOf(expr);
  if (operator === "!") return conjuncts((body as { arg: ExprJson }).arg, !truth);
  if (operator !== (truth ? "&&" : "||")) return [{ condition: expr, truth }];
  const { left, right } = binaryOf(body);
  return [...conjuncts(left, truth), ...conjuncts(right, truth)];
}

function offersOf({ reasoning }: Examined): Set<string> {
  const offers = new Set<string>();
  const [first] = reasoning.satisfiable;
  for (const [key, { constant }] of first?.state.facts() ?? []) {
    offers.add(`of ${key}`);
    if (typeof constant === "boolean") offers.add(`${constant} ${key}`);
  }
  return offers;
}

const SAID_AS_IS: ReadonlySet<string> = new Set(["in", "has", ".", "hasTag", "containsAll", "containsAny"]);

/** Something without which the condition is never implied; undefined where types alone may imply it. */
function needOf(condition: ExprJson, truth: boolean): string | undefined {
  const plain = plainForm(condition);
  const [operator, body] = formOf(plain);
  if (operator === "!") return needOf((body as { arg: ExprJson }).arg, !truth);
  if (SAID_AS_IS.has(operator) || (operator === "==" && truth)) return `${truth} ${keyOf(plain)}`;
  if (operator !== "<" && operator !== "==") return undefined;
  const { left, right } = binaryOf(body);
  const open = [left, right].filter((operand) => !("Value" in operand));
  const [only, ...others] = open;
  return only !== undefined && others.length === 0 ? `of ${keyOf(only)}` : `${truth} ${keyOf(plain)}`;
}

/** Whether, wherever `narrow` applies, `wide` applies too, and without an error. */
export function implies(narrow: Comparable, wide: Comparable): boolean {
  const [from, to] = [narrow.reasoning, wide.reasoning];
  const { world } = narrow;
  if (!from.isComplete || from.satisfiable.length === 0 || wide.isTemplate) return false;
  // Kinds of requests that differ in the action only were looked at as one.
  if (to.mentionsAction && !from.mentionsAction) return false;
  if (!actionsImply(narrow, wide)) return false;
  for (const { environment, state } of from.satisfiable) {
    const reasoner = reasonerFor(world, environment);
    for (const { condition, truth } of wide.asked) {
      const value = reasoner.evaluate(condition, state);
      if (value.constant !== truth || value.errs) return false;
    }
  }
  return true;
}

function actionsImply(narrow: Comparable, wide: Comparable): boolean {
  if (wide.action.op === "All") return true;
  const [from, to] = [narrow.reasoning.actions, wide.reasoning.actions];
  if (from === null || to === null) return JSON.stringify(narrow.action) === JSON.stringify(wide.action);
  return from.size > 0 && [...from].every((action) => to.has(action));
}
