import fc from "fast-check";
import { CHOICE_LIMIT, Choices } from "./generate/choices.js";
import { genWorld, type World } from "./generate/world.js";

/** How a run of generated cases is scaled and replayed, by the environment. */
export interface RunSettings {
  /** How many cases; `CORDON_RUNS` overrides it. */
  cases: number;
  /** Printed by every run; `CORDON_SEED` sets it. */
  seed: number;
}

export function runSettings(cases: number): RunSettings {
  return {
    cases: positiveInteger("CORDON_RUNS") ?? cases,
    seed: positiveInteger("CORDON_SEED") ?? Math.floor(Math.random() * 2 ** 31),
  };
}

function positiveInteger(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`\`${name}\` must be a whole number, not \`${text}\``);
}

const MAX_SHRINKING_MS = 20_000;

/**
 * A property's check that makes shrinking end in time: worlds are large, and after a while each further
 * attempt simply passes, so that the smallest counterexample found until then is reported.
 */
export function shrinkingInTime<Args extends unknown[]>(
  check: (...args: Args) => void,
): (...args: Args) => void {
  let failedAt: number | undefined;
  return (...args) => {
    if (failedAt !== undefined && performance.now() - failedAt > MAX_SHRINKING_MS) return;
    try {
      check(...args);
    } catch (error) {
      failedAt ??= performance.now();
      throw error;
    }
  };
}

/** What generators draw their decisions from. */
export function supplies(most: number): fc.Arbitrary<number[]> {
  return fc.array(fc.nat(CHOICE_LIMIT - 1), { maxLength: most, minLength: 0, size: "max" });
}

/** Worlds, each with a number of requests. They shrink towards a permit-all policy and no entities. */
export function worlds(requests: number): fc.Arbitrary<World> {
  return supplies(1500).map((supply) => genWorld(new Choices(supply), requests));
}
