import { type DecisionFailure, type EvaluationSemantic, RequestError } from "@cordon/engine";
import { answerRequest } from "./answer.js";
import type { Call, Evaluated } from "./evaluate.js";
import type { Snapshot } from "./snapshot.js";

/** Items evaluated before other work gets a turn. */
const ITEMS_A_TURN = 200;
/** The same where an item may end the batch: what comes after it was evaluated in vain. */
const ITEMS_AHEAD = 20;

export type BatchItem = Evaluated | DecisionFailure;

/**
 * Evaluates the items, all from one snapshot. A malformed item fails alone and counts as a
 * deny. The short-circuit semantics stop after the item that decides (AuthZEN 1.0, section
 * 7.1.2.1). Items that need sources are answered together, so that they share what is
 * fetched.
 */
export async function evaluateBatch(
  snapshot: Snapshot,
  requests: readonly unknown[],
  call: Call,
  semantic: EvaluationSemantic,
): Promise<BatchItem[]> {
  const items: BatchItem[] = [];
  const size = semantic === "execute_all" ? ITEMS_A_TURN : ITEMS_AHEAD;
  for (let from = 0; from < requests.length; from += size) {
    const turn = requests.slice(from, from + size).map((request) => evaluateItem(snapshot, request, call));
    for (const item of await together(turn)) {
      items.push(item);
      if (endsBatch(allows(item), semantic)) return items;
    }
    if (from + size < requests.length) await new Promise(setImmediate);
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

/** Without a promise where no item is one. */
function together(
  items: readonly (BatchItem | Promise<BatchItem>)[],
): readonly BatchItem[] | Promise<BatchItem[]> {
  return items.some((item) => item instanceof Promise) ? Promise.all(items) : (items as readonly BatchItem[]);
}

function evaluateItem(snapshot: Snapshot, request: unknown, call: Call): BatchItem | Promise<BatchItem> {
  try {
    const evaluated = answerRequest(snapshot, request, call);
    return evaluated instanceof Promise ? evaluated.catch(failure) : evaluated;
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): DecisionFailure {
  if (!(error instanceof RequestError)) throw error;
  const { code, message, help, path } = error;
  return { error: { code, message, path, ...(help === "" ? {} : { help }) } };
}
