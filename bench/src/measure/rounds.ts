import { median, quantile, sorted } from "./statistics.js";

export interface Contender {
  readonly name: string;
  /** What the figure includes, in the reader's words. */
  readonly includes: string;
  /** Fewer where a single run takes milliseconds; at least 1. */
  readonly runsPerRound: number;
  /** Answers the i-th request of the workload. */
  run(index: number): unknown;
  /** Measures a round of `runsPerRound` by itself, in another process; `run` is then not called. */
  sample?(first: number): RoundSample;
}

export interface RoundSample {
  readonly perSecond: number;
  /** Nanoseconds of single runs, the clock's own cost subtracted. */
  readonly each: ArrayLike<number> & Iterable<number>;
}

export interface Measured {
  readonly name: string;
  readonly includes: string;
  readonly runs: number;
  /** Nanoseconds. */
  readonly medianNs: number;
  readonly p99Ns: number;
  /** Median over the rounds. */
  readonly perSecond: number;
}

/**
 * Runs all contenders in turn, round after round, each round beginning with another one, so that a machine that slows
 * down or warms up does so for all of them. The first round is thrown away.
 */
export function measureRounds(contenders: readonly Contender[], rounds: number): Measured[] {
  const samples = contenders.map(() => [] as number[]);
  const rates = contenders.map(() => [] as number[]);
  const clock = clockOverheadNs();
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const which = (turn + round) % contenders.length;
      const contender = contenders[which];
      if (contender === undefined) continue;
      const first = round * contender.runsPerRound;
      const { perSecond, each } = contender.sample?.(first) ?? measureRound(contender, first, clock);
      if (round === 0) continue;
      rates[which]?.push(perSecond);
      for (const nanoseconds of each) samples[which]?.push(nanoseconds);
    }
  }
  return contenders.map(({ name, includes }, index) => {
    const each = sorted(samples[index] ?? []);
    return {
      name,
      includes,
      runs: each.length,
      medianNs: quantile(each, 0.5),
      p99Ns: quantile(each, 0.99),
      perSecond: median(rates[index] ?? []),
    };
  });
}

function measureRound(contender: Contender, first: number, clockNs: number): RoundSample {
  const { runsPerRound } = contender;
  // The rate is taken without a clock in between, the single times with one, each over half of the runs.
  const batch = Math.max(1, Math.floor(runsPerRound / 2));
  const started = performance.now();
  for (let i = 0; i < batch; i++) contender.run(first + i);
  const perSecond = (batch * 1000) / (performance.now() - started);

  const each = new Float64Array(Math.max(1, runsPerRound - batch));
  for (let i = 0; i < each.length; i++) {
    const before = performance.now();
    contender.run(first + batch + i);
    each[i] = Math.max(0, (performance.now() - before) * 1e6 - clockNs);
  }
  return { perSecond, each };
}

/** What reading the clock twice costs by itself, which is a good part of a decision's time. */
function clockOverheadNs(): number {
  const each = new Float64Array(20_000);
  for (let i = 0; i < each.length; i++) {
    const before = performance.now();
    each[i] = (performance.now() - before) * 1e6;
  }
  return median(each);
}
