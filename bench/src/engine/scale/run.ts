import type { Measured } from "../../measure/rounds.js";
import { environment } from "../../report/environment.js";
import { milliseconds, nanoseconds, rate, ratio, table } from "../../report/table.js";
import type { Settings } from "../../settings.js";
import { measureBatches } from "./batches.js";
import { runChild } from "./child.js";
import type { EntityFigures } from "./entities-child.js";
import { measureHierarchies } from "./hierarchies.js";
import type { PolicyFigures } from "./policies-child.js";
import { measurePolicyCounts } from "./policy-counts.js";

/** The engine as policies, entities, hierarchies and batches grow. */
export function benchScale({ quick }: Settings): string {
  const counts = measurePolicyCounts(quick);
  const hierarchies = measureHierarchies(quick);
  const batches = measureBatches(quick);
  const entities = runChild<EntityFigures[]>("entities-child", [
    Number(quick),
    ...(quick ? [10, 1_000, 50_000] : [10, 1_000, 1_000_000]),
  ]);
  const { rows } = runChild<PolicyFigures>("policies-child", quick ? [1_000, 10_000] : [10_000, 100_000]);
  return [
    environment(),
    "",
    "Decisions by the number of policies, in one process, in turns:",
    "",
    decisions(counts),
    "",
    `The largest number of scope-distinct policies takes ${growth(counts)} the time of 100.`,
    "",
    "By what is above the principal:",
    "",
    decisions(hierarchies),
    "",
    "By the number of entities; each request is about another user and document, 1,002 policies at most:",
    "",
    table(["entities", "median", "p99", "loading", "heap", "resident memory"], entities.map(entityRow)),
    "",
    "Loading is CPU time from JSON text to the store, with the collector's threads; heap and resident memory are what the",
    "process holds more after a full collection. Changes to the largest of these, in CPU time:",
    "",
    table(
      ["change", "takes"],
      entities.at(-1)?.changes.map(({ what, ms }) => [what, milliseconds(ms)]) ?? [],
    ),
    "",
    "Compiling, loading and changing policies, in CPU time:",
    "",
    table(["what", "the figure includes", "takes", "heap"], rows.map(policyRow)),
    "",
    "Ten thousand decisions at once:",
    "",
    table(
      ["what", "the figure includes", "median", "a decision"],
      batches.map((each) => [
        each.name,
        each.includes,
        nanoseconds(each.medianNs),
        nanoseconds(each.medianNs / 10_000),
      ]),
    ),
  ].join("\n");
}

function decisions(measured: readonly Measured[]): string {
  const rows = measured.map((each) => [
    each.name,
    each.includes,
    nanoseconds(each.medianNs),
    // A hundred runs have no 99th percentile worth naming.
    each.runs >= 200 ? nanoseconds(each.p99Ns) : "–",
    rate(each.perSecond),
  ]);
  return table(["what", "the figure includes", "median", "p99", "per second"], rows);
}

function growth(counts: readonly Measured[]): string {
  const distinct = counts.filter(({ name }) => name.includes("scope-distinct"));
  return ratio((distinct.at(-1)?.medianNs ?? Number.NaN) / (distinct[0]?.medianNs ?? Number.NaN));
}

function entityRow({ count, loadMs, held, decision }: EntityFigures): string[] {
  const times = [nanoseconds(decision.medianNs), nanoseconds(decision.p99Ns), milliseconds(loadMs)];
  return [count.toLocaleString("en-US"), ...times, megabytes(held.heapMb), megabytes(held.rssMb)];
}

function policyRow({ what, includes, ms, heapMb }: PolicyFigures["rows"][number]): string[] {
  return [what, includes, milliseconds(ms), heapMb === undefined ? "–" : megabytes(heapMb)];
}

function megabytes(value: number): string {
  return value < 10 ? `${value.toFixed(1)} MB` : `${value.toFixed(0)} MB`;
}
