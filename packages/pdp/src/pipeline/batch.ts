import { type DecisionFailure, type EvaluationSemantic, RequestError } from "@cordon/engine";
import { type Call, type Evaluated, evaluate } from "./evaluate.js";
import type { Snapshot } from "./snapshot.js";

/** Items evaluated before other work gets a turn. */
const ITEMS_A_TURN = 200;

export type BatchItem = Evaluated | DecisionFailure;

/**
 * Evaluates the items in order, all from one snapshot. A malformed item fails alone and
 * counts as a deny. The short-circuit semantics stop after the item that decides
 * (AuthZEN 1.0, section 7.1.2.1).
 */
export async function evaluateBatch(
  snapshot: Snapshot,
  requests: readonly unknown[],
  call: Call,
  semantic: EvaluationSemantic,
): Promise<BatchItem[]> {
  const items: BatchItem[] = [];
  for (const request of requests) {
    const item = evaluateItem(snapshot, request, call);
    items.push(item);
    if (endsBatch(allows(item), semantic)) break;
    if (items.length % ITEMS_A_TURN === 0) await new Promise(setImmediate);
  }
  return items;
}

/** Whether an item with this answer is the last that is answered. */
export function endsBatch(allowed: boolean, semantic: EvaluationSemantic): boolean {
  switch (semantic) {
    case "execute_all":
      return false;
    case "deny_on_first_deny":
      return !allowed;
    case "permit_on_first_permit":
      return allowed;
  }
}

function allows(item: BatchItem): boolean {
  return "decision" in item && item.decision.decision === "allow";
}

function evaluateItem(snapshot: Snapshot, request: unknown, call: Call): BatchItem {
  try {
    return evaluate(snapshot, request, call);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const { code, message, help, path } = error;
    return { error: { code, message, path, ...(help === "" ? {} : { help }) } };
  }
}
