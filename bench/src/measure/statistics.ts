/** Values sorted ascending. */
export function sorted(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** The value below which `share` (0 to 1) of the sorted values lie; NaN for none. */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  const index = Math.min(ascending.length - 1, Math.floor(share * ascending.length));
  return ascending[index] ?? Number.NaN;
}

export function median(values: Iterable<number>): number {
  return quantile(sorted(values), 0.5);
}
