import { PlanUnavailable, RequestError } from "@cordon/engine";
import { evaluateBatch } from "../pipeline/batch.js";
import type { Call } from "../pipeline/evaluate.js";
import type { Snapshot } from "../pipeline/snapshot.js";

/**
 * Which of these requests are allowed, each decided as any other is.
 *
 * @param nameOf what to call one that can't be decided
 * @throws PlanUnavailable where for one of them a source gave no answer: it might be among the results
 * @throws RequestError where one can't be decided
 */
export async function decideEach(
  snapshot: Snapshot,
  requests: readonly object[],
  call: Call,
  nameOf?: (index: number) => string,
): Promise<readonly boolean[]> {
  const items = await evaluateBatch(snapshot, requests, call, "execute_all");
  return items.map((item, index) => {
    if ("error" in item) {
      const { code, message, path = "", help } = item.error;
      const said = nameOf === undefined ? message : `\`${nameOf(index)}\` can't be decided: ${message}`;
      throw new RequestError(code, said, help === undefined ? { path } : { path, help });
    }
    const { decision, reason, unavailable = [] } = item.decision;
    if (reason.code === "source_unavailable") throw unanswered(reason.message, unavailable);
    return decision === "allow";
  });
}

export function unanswered(why: string, unavailable: PlanUnavailable["unavailable"]): PlanUnavailable {
  const message = `not all results can be found out: ${why}`;
  return new PlanUnavailable(message, unavailable, "see the health of the sources");
}
