import type { Decision } from "@cordon/engine";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { ProjectDecider, SourceStatus, SourcesView } from "../project/project-decider.js";
import { CountTally, DurationTally } from "./tally.js";

const DURATION_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/**
 * What `/metrics` tells, in a registry of its own so that two servers in one process don't mix. The label
 * `route` carries path templates and never paths, so no caller can make the number of series grow.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #decisions = this.#count("decisions_total", "Decisions answered", ["decision", "reason"]);
  readonly #failures = this.#count("evaluation_failures_total", "Evaluations refused as malformed", ["code"]);
  readonly #evaluation = new DurationTally(
    this.registry,
    "cordon_evaluation_duration_seconds",
    "Time from a decoded request, single or batch, to its logged answer",
    DURATION_BUCKETS,
  );
  readonly #requests = this.#count("http_requests_total", "HTTP requests answered", [
    "route",
    "method",
    "status",
  ]);
  readonly #duration = new DurationTally(
    this.registry,
    "cordon_http_request_duration_seconds",
    "Time from the header of a request to the end of its answer",
    DURATION_BUCKETS,
    "route",
  );
  readonly #reloads = this.#count("reloads_total", "Reloads of the policy project", ["result"]);
  readonly #stop: (() => void)[];

  constructor(decider: ProjectDecider, inFlight: () => number) {
    collectDefaultMetrics({ register: this.registry });
    this.#reloads.add(["ok"], 0);
    this.#reloads.add(["failed"], 0);
    this.#stop = [
      decider.on("reload", () => this.#reloads.add(["ok"])),
      decider.on("reload_failed", () => this.#reloads.add(["failed"])),
    ];
    this.#gauge("http_requests_in_flight", "HTTP requests being answered", inFlight);
    this.#projectGauges(decider);
    this.#logGauges(decider);
    this.#sourceGauges(decider);
  }

  decided(decision: Decision): void {
    this.#decisions.add([decision.decision, decision.reason.code]);
  }

  failed(code: string): void {
    this.#failures.add([code]);
  }

  evaluated(seconds: number): void {
    this.#evaluation.add(seconds);
  }

  answered(route: string, method: string, status: number, seconds: number): void {
    this.#requests.add([route, method, String(status)]);
    this.#duration.add(seconds, route);
  }

  close(): void {
    for (const stop of this.#stop) stop();
    this.registry.clear();
  }

  #projectGauges(decider: ProjectDecider): void {
    const info: Gauge = new Gauge({
      name: "cordon_bundle_info",
      help: "The bundle that answers, as a label",
      labelNames: ["id"],
      registers: [this.registry],
      collect: () => {
        info.reset();
        info.set({ id: decider.status.bundleId }, 1);
      },
    });
    this.#gauge(
      "bundle_stale",
      "1 while the project no longer validates and its last good bundle answers",
      () => (decider.status.state === "stale" ? 1 : 0),
    );
    this.#gauge(
      "bundle_loaded_timestamp_seconds",
      "When the bundle that answers was loaded",
      () => Date.parse(decider.status.loadedAt) / 1000,
    );
    this.#gauge("entities", "Entities in the files of the project", () => decider.status.entities);
  }

  #sourceGauges({ sources }: ProjectDecider): void {
    const questions = new DurationTally(
      this.registry,
      "cordon_source_question_duration_seconds",
      "Time that a question to what lies behind a source took",
      DURATION_BUCKETS,
      "source",
    );
    sources.onQuestion((source, ms) => questions.add(ms / 1000, source));
    this.#bySource("source_healthy", "0 while a source fails", sources, ({ health }) =>
      health.state === "failing" || health.state === "suspended" ? 0 : 1,
    );
    this.#bySource(
      "source_waiting",
      "Ids that wait to be asked of a source",
      sources,
      ({ waiting }) => waiting,
    );
    this.#bySource("source_ids_total", "Ids asked of a source", sources, ({ health }) => health.ids);
    this.#bySource(
      "source_cache_hits_total",
      "Answers taken from what a source said before",
      sources,
      ({ cache }) => cache?.hits,
    );
    this.#bySource(
      "source_cache_misses_total",
      "Looks at what a source said before that found nothing fresh",
      sources,
      ({ cache }) => cache?.misses,
    );
    this.#bySource(
      "source_stale_total",
      "Answers used though they were too old, because a source failed",
      sources,
      ({ cache }) => cache?.staleUses,
    );
    this.#bySource(
      "source_cache_bytes",
      "What is kept of a source's answers, in bytes",
      sources,
      ({ cache }) => cache?.bytes,
    );
    this.#sourceFailures(sources);
  }

  #sourceFailures(sources: SourcesView): void {
    const counter: Counter = new Counter({
      name: "cordon_source_failures_total",
      help: "Questions that a source didn't answer, by why",
      labelNames: ["source", "code"],
      registers: [this.registry],
      collect: () => {
        counter.reset();
        for (const { name, health } of sources.list()) {
          for (const [code, count] of Object.entries(health.failures))
            counter.inc({ source: name, code }, count);
        }
      },
    });
  }

  /** One number of each source that has it; names that end in `_total` count. */
  #bySource(
    name: string,
    help: string,
    sources: SourcesView,
    read: (status: SourceStatus) => number | undefined,
  ): void {
    const options = { name: `cordon_${name}`, help, labelNames: ["source"], registers: [this.registry] };
    const collect = (): void => {
      metric.reset();
      for (const status of sources.list()) {
        const value = read(status);
        if (value !== undefined) metric.inc({ source: status.name }, value);
      }
    };
    const metric: Counter | Gauge = name.endsWith("_total")
      ? new Counter({ ...options, collect })
      : new Gauge({ ...options, collect });
  }

  #logGauges(decider: ProjectDecider): void {
    const { log } = decider;
    if (log === null) return;
    this.#gauge("log_queued", "Decisions accepted and not yet on disk", () => log.stats().queued);
    this.#gauge(
      "log_waiting",
      "Decisions waiting for room in the queue of the log",
      () => log.stats().waiting,
    );
    this.#gauge("log_healthy", "0 while the last write of the decision log failed", () =>
      log.stats().healthy ? 1 : 0,
    );
    this.#counted("log_written_total", "Decisions put on disk", () => log.stats().written);
    this.#counted(
      "log_rejected_total",
      "Decisions that could not be logged and were therefore denied",
      () => log.stats().rejected,
    );
    this.#counted(
      "log_write_failures_total",
      "Writes of the decision log that failed, retried or not",
      () => log.stats().failures,
    );
  }

  #count(name: string, help: string, labelNames: readonly string[]): CountTally {
    return new CountTally(this.registry, `cordon_${name}`, help, labelNames);
  }

  #gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name: `cordon_${name}`,
      help,
      registers: [this.registry],
      collect: () => gauge.set(read()),
    });
  }

  /** A counter that somebody else counts. */
  #counted(name: string, help: string, read: () => number): void {
    const counter: Counter = new Counter({
      name: `cordon_${name}`,
      help,
      registers: [this.registry],
      collect: () => {
        counter.reset();
        counter.inc(read());
      },
    });
  }
}
