import { setTimeout as sleep } from "node:timers/promises";
import { SourceError } from "../source-error.js";
import type { Question } from "./fetcher.js";

/** The pause before the first repetition lies between half of this and all of it; each later one is doubled. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Asks again where a failure may pass, with a pause of random length so that those who failed together don't
 * come back together. Ends when the signal aborts: the time of the request bounds it.
 */
export function retried<Q, A>(
  retries: number,
  fetch: Question<Q, A>,
  random: () => number = Math.random,
): Question<Q, A> {
  if (retries === 0) return fetch;
  return async (request, signal) => {
    for (let failures = 0; ; failures++) {
      try {
        return await fetch(request, signal);
      } catch (error) {
        const passing = error instanceof SourceError && error.passing;
        if (!passing || failures >= retries || signal.aborted) throw error;
        const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
        await sleep(pause * (0.5 + random() / 2), undefined, { signal }).catch(() => {
          throw error;
        });
      }
    }
  };
}
