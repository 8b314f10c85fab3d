import type { Call } from "./evaluate.js";
import { planLive } from "./live/plan-live.js";
import { type Planned, planBy, planKnown } from "./plan.js";
import type { Snapshot } from "./snapshot.js";

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
