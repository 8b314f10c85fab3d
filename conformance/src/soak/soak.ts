import { stringifyLossless } from "@cordon/cedar/internal";
import { CHOICE_LIMIT, Choices } from "../generate/choices.js";
import { callOf, genWorld } from "../generate/world.js";
import { officialAnswers } from "../official.js";
import { PathComparison } from "../paths.js";
import { RunStatistics } from "../statistics.js";
import { shrinkSupply } from "./shrink.js";
import { supplyOf } from "./supply.js";

export interface SoakSettings {
  readonly cases: number;
  readonly minutes: number;
  readonly seed: number;
  /** Worlds at the beginning that an earlier run has done. */
  readonly skip: number;
}

const REQUESTS_PER_WORLD = 10;
const PROGRESS_MS = 30_000;

/**
 * Runs generated calls on every path beside cedar-wasm, world by world, until there were enough or time is up. Each world
 * depends on the seed and its number alone, so that a run can be gone on with, and a world be had again.
 *
 * @returns whether all agreed; the first that didn't is shrunk and printed, and ends the run
 */
export function soak(settings: SoakSettings, print: (line: string) => void): boolean {
  const { cases, minutes, seed, skip } = settings;
  const [statistics, paths] = [new RunStatistics(), new PathComparison()];
  const started = performance.now();
  print(`seed ${seed}, from world ${skip}`);
  let told = started;
  let world = skip;
  for (; statistics.cases < cases; world++) {
    const now = performance.now();
    if (now - started > minutes * 60_000) break;
    if (now - told > PROGRESS_MS) {
      print(progress(statistics, world, now - started));
      told = now;
    }
    const supply = supplyOf(seed, world, CHOICE_LIMIT);
    if (agrees(supply, paths, statistics)) continue;
    print(mismatch(supply, seed, world));
    return false;
  }
  if (statistics.cases > 0) paths.assertEachRan(statistics.cases);
  print(progress(statistics, world, performance.now() - started));
  print(`${statistics}; by path: ${paths}`);
  print(`go on with --seed ${seed} --skip ${world}`);
  return true;
}

function agrees(supply: readonly number[], paths: PathComparison, statistics?: RunStatistics): boolean {
  return disagreement(supply, paths, statistics) === null;
}

/** What differs in the world of this supply; null for nothing. */
function disagreement(
  supply: readonly number[],
  paths: PathComparison,
  statistics?: RunStatistics,
): unknown | null {
  const world = genWorld(new Choices(supply), REQUESTS_PER_WORLD);
  const calls = world.requests.map((request) => callOf(world, request));
  statistics?.addWorld(world);
  try {
    for (const [index, expected] of officialAnswers(calls).entries()) {
      const call = calls[index];
      if (call === undefined) throw new Error("an answer to no call");
      paths.compare(call, expected);
      statistics?.addAnswer(expected);
    }
    return null;
  } catch (difference) {
    return difference;
  }
}

function mismatch(supply: readonly number[], seed: number, world: number): string {
  const smallest = shrinkSupply(supply, (smaller) => !agrees(smaller, new PathComparison()));
  const difference = disagreement(smallest, new PathComparison());
  const { policies, schema, entities } = genWorld(new Choices(smallest), REQUESTS_PER_WORLD);
  return [
    `world ${world} of seed ${seed} differs (again with --seed ${seed} --skip ${world}); shrunk to`,
    `${stringifyLossless({ policies, schema, entities })}`,
    difference instanceof Error ? difference.message : String(difference),
  ].join("\n");
}

function progress({ cases }: RunStatistics, world: number, milliseconds: number): string {
  const perSecond = Math.round((cases * 1000) / milliseconds);
  return `${cases.toLocaleString("en-US")} cases, ${world} worlds, ${Math.round(milliseconds / 1000)} s, ${perSecond} cases a second`;
}
