import { SourceError } from "../source-error.js";
import type { Question } from "./fetcher.js";

/**
 * Gives up on an answer that takes longer, or that nobody waits for any more. The source is told by its signal,
 * with the error for a reason; one that doesn't listen can't hold anybody up.
 */
export function timeLimited<Q, A>(source: string, limitMs: number, fetch: Question<Q, A>): Question<Q, A> {
  return (request, signal) =>
    new Promise((resolve, reject) => {
      const controller = new AbortController();
      const stop = (error: SourceError): void => {
        settle();
        controller.abort(error);
        reject(error);
      };
      const onAbort = (): void => stop(left(source));
      const timer = setTimeout(() => stop(late(source, limitMs)), limitMs);
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      fetch(request, controller.signal).then(
        (result) => {
          settle();
          resolve(result);
        },
        (error: unknown) => {
          settle();
          reject(error);
        },
      );
    });
}

function late(source: string, limitMs: number): SourceError {
  return new SourceError(
    "source_timeout",
    source,
    `no answer within ${limitMs} ms`,
    "see why it is slow, or set `timeout` of the source higher",
  );
}

function left(source: string): SourceError {
  return new SourceError("source_given_up", source, "nobody waits for the answer any more", "ask again");
}
