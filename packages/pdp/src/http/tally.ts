import { Counter, type Histogram, type Registry } from "prom-client";

/**
 * Counts by labels, which the registry hears of only when somebody reads it: its own counters cost a request
 * several times as much.
 */
export class CountTally {
  readonly #counts = new Map<string, { readonly values: readonly string[]; count: number }>();

  constructor(
    registry: Registry,
    name: string,
    help: string,
    private readonly labelNames: readonly string[],
  ) {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect: () => {
        counter.reset();
        for (const { values, count } of this.#counts.values()) counter.inc(this.#labels(values), count);
      },
    });
  }

  /** @param values of the labels, in their order */
  add(values: readonly string[], count = 1): void {
    const key = values.join("\n");
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { values, count });
    else known.count += count;
  }

  #labels(values: readonly string[]): Record<string, string> {
    return Object.fromEntries(this.labelNames.map((name, index) => [name, values[index] ?? ""]));
  }
}

interface Series {
  /** Of each bucket alone; the last is beyond all bounds. */
  readonly counts: number[];
  sum: number;
}

/** Durations by at most one label; a histogram in Prometheus's format, as cheap to add to as {@link CountTally}. */
export class DurationTally {
  readonly #series = new Map<string, Series>();

  /** @param bounds of the buckets, in seconds, ascending */
  constructor(
    registry: Registry,
    private readonly name: string,
    private readonly help: string,
    private readonly bounds: readonly number[],
    private readonly labelName?: string,
  ) {
    if (labelName === undefined) this.#seriesOf("");
    // A registry asks of a metric no more than a name and `get`, though its types say that it wants one of its own.
    registry.registerMetric({ name, get: async () => this.#read() } as unknown as Histogram);
  }

  add(seconds: number, label = ""): void {
    const series = this.#seriesOf(label);
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket++;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += seconds;
  }

  #seriesOf(label: string): Series {
    let series = this.#series.get(label);
    if (series === undefined) {
      series = { counts: Array(this.bounds.length + 1).fill(0), sum: 0 };
      this.#series.set(label, series);
    }
    return series;
  }

  #read() {
    const { name, help, bounds, labelName } = this;
    const values: { metricName: string; labels: Record<string, string | number>; value: number }[] = [];
    for (const [label, { counts, sum }] of this.#series) {
      const own = labelName === undefined ? {} : { [labelName]: label };
      let total = 0;
      for (const [index, count] of counts.entries()) {
        total += count;
        const labels = { le: bounds[index] ?? "+Inf", ...own };
        values.push({ metricName: `${name}_bucket`, labels, value: total });
      }
      values.push({ metricName: `${name}_sum`, labels: own, value: sum });
      values.push({ metricName: `${name}_count`, labels: own, value: total });
    }
    return { name, help, type: "histogram", values };
  }
}
