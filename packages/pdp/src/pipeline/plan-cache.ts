import { type Condition, describeExpression, type Residual } from "@cordon/engine";
import { PlanMemory, type RowPlan } from "@cordon/planner";
import type { Snapshot } from "./snapshot.js";

/** Plans kept of one snapshot. People who list come back, and those in the same groups often share a plan. */
const KEPT_PLANS = 1_000;

const bySnapshot = new WeakMap<Snapshot, Map<string, RowPlan>>();

/**
 * The plan of a residual, made once for all requests that leave the same of the same policies: a plan depends on
 * nothing else, the entities of a snapshot being what they are. The longest unused go first.
 */
export function keptPlan(snapshot: Snapshot, residual: Residual, kind: string, make: () => RowPlan): RowPlan {
  const kept = keptOf(snapshot);
  const key = `${kind}\n${residual.answer.decision} ${JSON.stringify(residual.answer.reason)}\n${keyOf(residual.condition)}`;
  const known = kept.get(key);
  if (known !== undefined) kept.delete(key);
  const plan = known ?? make();
  kept.set(key, plan);
  if (kept.size > KEPT_PLANS) {
    const [oldest = key] = kept.keys();
    kept.delete(oldest);
  }
  return plan;
}

const memories = new WeakMap<Snapshot, Map<string, PlanMemory>>();

/** What was translated for any principal, of plans of one kind; of as many kinds as the schema has types. */
export function memoryOf(snapshot: Snapshot, kind: string): PlanMemory | undefined {
  if (snapshot.bundle.schema === null) return undefined;
  let ofKinds = memories.get(snapshot);
  if (ofKinds === undefined) {
    ofKinds = new Map();
    memories.set(snapshot, ofKinds);
  }
  let memory = ofKinds.get(kind);
  if (memory === undefined) {
    memory = new PlanMemory();
    ofKinds.set(kind, memory);
  }
  return memory;
}

function keptOf(snapshot: Snapshot): Map<string, RowPlan> {
  let kept = bySnapshot.get(snapshot);
  if (kept === undefined) {
    kept = new Map();
    bySnapshot.set(snapshot, kept);
  }
  return kept;
}

/** As Cedar source, which says all there is about an expression. */
function keyOf(condition: Condition): string {
  if (typeof condition === "boolean") return String(condition);
  switch (condition.kind) {
    case "all":
    case "any":
      return `${condition.kind}(${condition.conditions.map(keyOf).join(",")})`;
    case "not":
      return `not(${keyOf(condition.condition)})`;
    case "holds": {
      const { policyId, whenErrs, expr } = condition;
      return `${JSON.stringify(policyId)} ${whenErrs} {${describeExpression(expr)}}`;
    }
  }
}
