import type { ExprJson } from "@cordon/engine";
import type { Case, Rule } from "./cases.js";

const MAX_TRIES = 300;

/** The smallest question found, by leaving out policies and parts of conditions, that still fails. */
export async function shrink(failing: Case, fails: (smaller: Case) => Promise<boolean>): Promise<Case> {
  let smallest = failing;
  let tries = 0;
  for (let again = true; again; ) {
    again = false;
    for (const smaller of smallerThan(smallest)) {
      tries += 1;
      if (tries > MAX_TRIES) return smallest;
      if (!(await fails(smaller))) continue;
      smallest = smaller;
      again = true;
      break;
    }
  }
  return smallest;
}

function* smallerThan(one: Case): Iterable<Case> {
  for (const [i] of one.forbids.entries()) yield { ...one, forbids: one.forbids.toSpliced(i, 1) };
  for (const [i] of one.permits.entries()) yield { ...one, permits: one.permits.toSpliced(i, 1) };
  for (const [i, rule] of one.permits.entries()) {
    for (const smaller of smallerRules(rule)) yield { ...one, permits: one.permits.with(i, smaller) };
  }
  for (const [i, rule] of one.forbids.entries()) {
    for (const smaller of smallerRules(rule)) yield { ...one, forbids: one.forbids.with(i, smaller) };
  }
}

function* smallerRules(rule: Rule): Iterable<Rule> {
  if (rule.principal.op !== "All") yield { ...rule, principal: { op: "All" } };
  if (rule.resource.op !== "All") yield { ...rule, resource: { op: "All" } };
  for (const condition of partsOf(rule.condition)) yield { ...rule, condition };
}

/** The conditions that a condition is made of, and itself with one of them made smaller. */
function* partsOf(expr: ExprJson): Iterable<ExprJson> {
  const [operator, body] = Object.entries(expr)[0] ?? [];
  if (operator === undefined || !["&&", "||", "!", "if-then-else"].includes(operator)) return;
  const operands = Object.entries(body as Record<string, ExprJson>);
  for (const [, operand] of operands) yield operand;
  for (const [name, operand] of operands) {
    for (const part of partsOf(operand))
      yield { [operator]: { ...(body as object), [name]: part } } as ExprJson;
  }
}
