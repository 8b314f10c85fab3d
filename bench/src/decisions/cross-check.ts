import type { ComparableContender } from "./contenders.js";

export interface CrossCheck {
  readonly compared: number;
  readonly allowed: number;
}

/**
 * A benchmark of wrong answers is worth nothing: decision, determining policies and erring policies of all contenders
 * must be the same, for as many requests as each can afford.
 *
 * @throws Error for the first difference
 */
export function crossCheck(contenders: readonly ComparableContender[], requests: number): CrossCheck {
  const [first, ...others] = contenders;
  if (first === undefined) throw new Error("nothing to compare");
  let compared = 0;
  let allowed = 0;
  for (let index = 0; index < requests; index++) {
    const expected = first.answer(index);
    if (expected.decision === "allow") allowed++;
    for (const other of others.filter((candidate) => index < candidate.runsPerRound)) {
      const actual = other.answer(index);
      if (JSON.stringify(actual) !== JSON.stringify(expected)) {
        const [a, b] = [JSON.stringify(expected), JSON.stringify(actual)];
        throw new Error(
          `request ${index}: ${first.name} answers ${a}, ${other.name} (${other.includes}) ${b}`,
        );
      }
      compared++;
    }
  }
  return { compared, allowed };
}
