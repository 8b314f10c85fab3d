import { nanoseconds, ratio } from "../report/table.js";
import type { TextFigures } from "./authzen-text.js";
import type { HeapFigures } from "./heap.js";
import { PATHS } from "./paths.js";
import type { AppFigures } from "./series.js";

export interface Bar {
  readonly bar: string;
  readonly measured: string;
  /** Null where what it needs is not here. */
  readonly met: boolean | null;
}

type MeasuredApp = AppFigures["measured"][number];

/** More than this much on the heap after millions of decisions is something kept. */
const HEAP_NOISE_BYTES = 256 * 1024;

/** Each bar over all applications: its worst figure counts. Ours is the path that the engine would choose. */
export function bars(
  figures: readonly AppFigures[],
  texts: readonly TextFigures[],
  heap: readonly HeapFigures[],
): Bar[] {
  const ours = figures.map((each) => fastest(each));
  const medians = ours.map(({ medianNs }) => medianNs);
  const tails = ours.map(({ medianNs, p99Ns }) => p99Ns / medianNs);
  return [
    worst("median at most 0.5 µs", medians, nanoseconds, (most) => most <= 500),
    worst("p99 at most 5 times the median", tails, ratio, (most) => most <= 5),
    least("at least 5 times the rate of the Rust crate", ratesTo(figures, "native"), 5),
    least(
      "at least 100 times the rate of `statefulIsAuthorized`, reachable entities",
      ratesTo(figures, "wasm-slice"),
      100,
    ),
    worst(
      "JSON text to JSON text at most 5 µs",
      texts.map(({ medianNs }) => medianNs),
      nanoseconds,
      (most) => most <= 5_000,
    ),
    {
      bar: "no growth of the heap",
      measured: `at most ${(Math.max(...heap.map(growth)) / 1024).toFixed(0)} kB`,
      met: heap.every((each) => growth(each) <= HEAP_NOISE_BYTES),
    },
  ];
}

function worst(
  bar: string,
  values: readonly number[],
  show: (value: number) => string,
  isMet: (most: number) => boolean,
): Bar {
  const [from, to] = [Math.min(...values), Math.max(...values)];
  return { bar, measured: `${show(from)} to ${show(to)}`, met: isMet(to) };
}

function least(bar: string, values: readonly number[], wanted: number): Bar {
  if (values.length === 0) return { bar, measured: "–", met: null };
  const [from, to] = [Math.min(...values), Math.max(...values)];
  return { bar, measured: `${ratio(from)} to ${ratio(to)}`, met: from >= wanted };
}

function ratesTo(figures: readonly AppFigures[], peer: string): number[] {
  return figures.flatMap((each) => {
    const other = each.measured.find(({ key }) => key === peer);
    return other === undefined ? [] : [fastest(each).perSecond / other.perSecond];
  });
}

function fastest({ measured }: AppFigures): MeasuredApp {
  const own = measured.filter(({ key }) => PATHS.some(({ name }) => name === key));
  return own.reduce((best, each) => (each.medianNs < best.medianNs ? each : best));
}

function growth({ before, after }: HeapFigures): number {
  return after - before;
}
