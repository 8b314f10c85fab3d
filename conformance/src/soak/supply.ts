const LONGEST = 1500;

/** The choices of one world: as many as a world may take, now and then few, and the same for the same numbers. */
export function supplyOf(seed: number, world: number, limit: number): number[] {
  const next = generator(seed, world);
  const length = next() % 4 === 0 ? next() % LONGEST : LONGEST;
  return Array.from({ length }, () => next() % limit);
}

/** A 32-bit generator (mulberry32) whose start mixes both numbers. */
function generator(seed: number, world: number): () => number {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(world + 1, 0xc2b2ae35)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
