import { type Call, type Evaluated, evaluate, evaluateBy } from "./evaluate.js";
import { evaluateLive } from "./live/evaluate-live.js";
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
