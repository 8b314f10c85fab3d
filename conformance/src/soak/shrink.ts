const MOST_MS = 60_000;

/**
 * The shortest list of choices, and the smallest choices, that are found to fail still: pieces are left out, half as
 * large each time, then numbers become 0 (which is always the plainest alternative). Ends after a minute at the latest.
 */
export function shrinkSupply(
  supply: readonly number[],
  fails: (smaller: readonly number[]) => boolean,
  mostMs = MOST_MS,
): readonly number[] {
  const until = performance.now() + mostMs;
  let smallest = supply;
  for (let size = Math.ceil(supply.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (const change of [without, zeroed]) {
      for (let at = 0; at < smallest.length; at += size) {
        if (performance.now() > until) return smallest;
        const smaller = change(smallest, at, size);
        if (smaller === null || !fails(smaller)) continue;
        smallest = smaller;
        if (change === without) at -= size;
      }
    }
  }
  return smallest;
}

function without(supply: readonly number[], at: number, size: number): number[] {
  return [...supply.slice(0, at), ...supply.slice(at + size)];
}

/** Null where there is nothing to change. */
function zeroed(supply: readonly number[], at: number, size: number): number[] | null {
  const piece = supply.slice(at, at + size);
  if (piece.every((choice) => choice === 0)) return null;
  return [...supply.slice(0, at), ...piece.map(() => 0), ...supply.slice(at + size)];
}
