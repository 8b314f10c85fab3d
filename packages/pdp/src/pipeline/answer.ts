import { type Call, type Evaluated, evaluate, evaluateBy } from "./evaluate.js";
import { evaluateLive } from "./live/evaluate-live.js";
import { planLive } from "./live/plan-live.js";
import { type Planned, planBy, planKnown } from "./plan.js";
import type { Snapshot } from "./snapshot.js";

/**
 * One decision from request to record, asking sources where the project has any and the request needs them: without
 * a promise where nothing must be waited for.
 *
 * @throws RequestError for a malformed request, at once or by the promise
 */
export function answerRequest(
  snapshot: Snapshot,
  input: unknown,
  call: Call,
): Evaluated | Promise<Evaluated> {
  const { live } = snapshot;
  if (live === null) return evaluate(snapshot, input, call);
  return evaluateBy(
    (_snapshot, decoded, _call, started) => evaluateLive(live, snapshot, decoded, call, started),
    snapshot,
    input,
    call,
  );
}

/**
 * One plan, with what sources say of everything but the resource.
 *
 * @throws RequestError for a malformed request, or `not_plannable`, at once or by the promise
 */
export function answerPlan(snapshot: Snapshot, input: unknown, call: Call): Planned | Promise<Planned> {
  const { live } = snapshot;
  if (live === null) return planBy(planKnown, snapshot, input, call);
  return planBy((_snapshot, read) => planLive(live, snapshot, read, call), snapshot, input, call);
}
