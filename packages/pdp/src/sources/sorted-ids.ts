/** Up to `limit` of sorted ids that come after one. */
export function idsAfter(sorted: readonly string[], after: string | null, limit: number): readonly string[] {
  let [low, high] = [0, after === null ? 0 : sorted.length];
  while (after !== null && low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) <= after) low = middle + 1;
    else high = middle;
  }
  return sorted.slice(low, low + limit);
}
