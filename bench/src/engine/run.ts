import { writeFileSync } from "node:fs";
import type { Measured } from "../measure/rounds.js";
import { chartOfApps } from "../process/paths.js";
import { busyNote, environment, packageVersion } from "../report/environment.js";
import { nanoseconds, rate, table } from "../report/table.js";
import type { Settings } from "../settings.js";
import { gdrive, gdriveTemplates } from "./apps/gdrive.js";
import { github, githubTemplates } from "./apps/github.js";
import { tinytodo, tinytodoTemplates } from "./apps/tinytodo.js";
import { measureText, type TextFigures } from "./authzen-text.js";
import { type Bar, bars } from "./bars.js";
import { drawChart } from "./chart.js";
import { type HeapFigures, measureHeap } from "./heap.js";
import { buildNative, type NativeHarness } from "./native.js";
import { measurePeers, type PeerFigures } from "./peers/measure.js";
import { type AppFigures, type Effort, measureApp, SIZES, titleOf } from "./series.js";

export const APPLICATIONS = [
  gdrive,
  github,
  tinytodo,
  gdriveTemplates,
  githubTemplates,
  tinytodoTemplates,
] as const;

/** The figures in which the paper compares, and that the bars are about. */
const LARGEST = 50;
const [MANY, FEW] = [10_000_000, 300_000];

/** The three applications of the paper, on all of our paths and beside Cedar's own and npm's peers. */
export async function benchApps({ quick, write }: Settings): Promise<string> {
  const native = buildNative();
  const figures = APPLICATIONS.flatMap((application) =>
    (quick ? [5, LARGEST] : SIZES).map((size) => measureApp(application, size, native, effort(size, quick))),
  );
  const peers = await measurePeers(tinytodo, quick ? { worlds: 1, rounds: 1 } : { worlds: 3, rounds: 7 });
  const texts: TextFigures[] = [];
  for (const application of APPLICATIONS) texts.push(await measureText(application, quick));
  const heap = measureHeap(quick ? FEW : MANY);
  const largest = figures.filter(({ size }) => size === LARGEST);
  if (write) writeFileSync(chartOfApps, drawChart(figures));
  return [
    environment([
      `cedar-wasm ${packageVersion("@cedar-policy/cedar-wasm")}`,
      ...peers.versions.map(([name, version]) => `${name} ${version}`),
    ]),
    nativeNote(native),
    agreement(figures),
    busyNote(),
    "",
    "Median of one decision, in parentheses the 99th percentile, with 50 entities of each type:",
    "",
    table(["what", "the figure includes", ...titles(largest)], times(largest)),
    "",
    "Decisions a second, without a clock in between:",
    "",
    table(["what", ...titles(largest)], rates(largest)),
    "",
    peerNote(peers),
    "",
    table(
      ["tinytodo, 50 entities a type", "the figure includes", "median", "p99", "per second"],
      peerRows(peers),
    ),
    "",
    "From the JSON text of an AuthZEN request to the JSON text of its answer, in one process, without log:",
    "",
    table(["", ...titles(largest)], textRows(texts)),
    "",
    heapNote(heap, quick),
    "",
    table(["path", "heap before", "heap after"], heap.map(heapRow)),
    "",
    "The bars that this project set itself, each met or missed by the figures above:",
    "",
    table(["bar", "measured", "met"], bars(largest, texts, heap).map(barRow)),
  ].join("\n");
}

function effort(size: number, quick: boolean): Effort {
  if (quick) return { worlds: 1, rounds: 1, scale: 0.1 };
  return size === LARGEST ? { worlds: 4, rounds: 9, scale: 1 } : { worlds: 3, rounds: 3, scale: 0.5 };
}

function nativeNote(native: NativeHarness): string {
  if ("program" in native)
    return "The Rust crate is cedar-policy 4.13.0, built with optimization for this run.";
  return `The Rust crate is not measured: ${native.missing}.`;
}

function agreement(figures: readonly AppFigures[]): string {
  const compared = figures.reduce((sum, each) => sum + each.compared, 0);
  const shares = figures.map(({ allowedShare }) => allowedShare);
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map((share) => Math.round(100 * share));
  return `Before timing, ${compared.toLocaleString("en-US")} answers were compared and none differed; ${least} to ${most} % are allowed.`;
}

function titles(figures: readonly AppFigures[]): string[] {
  return figures.map(({ application }) => titleOf(application));
}

function times(figures: readonly AppFigures[]): string[][] {
  return rows(figures, (each) => `${nanoseconds(each.medianNs)}${p99Of(each)}`).map(([first, ...cells]) => [
    first?.name ?? "",
    first?.includes ?? "",
    ...cells.map(String),
  ]) as string[][];
}

/** A few dozen runs have no 99th percentile worth naming. */
function p99Of({ runs, p99Ns }: Measured): string {
  return runs >= 200 ? ` (${nanoseconds(p99Ns)})` : "";
}

function rates(figures: readonly AppFigures[]): string[][] {
  return rows(figures, ({ perSecond }) => rate(perSecond)).map(([first, ...cells]) => [
    nameWithKey(first),
    ...cells.map(String),
  ]);
}

function nameWithKey(first: { name: string; key: string } | undefined): string {
  if (first === undefined) return "";
  return first.key === "wasm-all" ? `${first.name}, all entities` : first.name;
}

type Row = [first: AppFigures["measured"][number] | undefined, ...cells: string[]];

function rows(
  figures: readonly AppFigures[],
  cell: (measured: AppFigures["measured"][number]) => string,
): Row[] {
  const keys = figures[0]?.measured.map(({ key }) => key) ?? [];
  return keys.map((key) => {
    const own = figures.map(({ measured }) => measured.find((each) => each.key === key));
    return [own[0], ...own.map((each) => (each === undefined ? "–" : cell(each)))];
  });
}

function peerNote({ missing, compared }: PeerFigures): string {
  const told = missing.length === 0 ? "" : ` Not measured: ${missing.join("; ")}.`;
  return `Peers with other languages, on the application that all of them can express; ${compared.toLocaleString("en-US")} of their decisions were compared with ours and none differed.${told}`;
}

function peerRows({ measured }: PeerFigures): string[][] {
  return measured.map((each) => [
    each.name,
    each.includes,
    nanoseconds(each.medianNs),
    nanoseconds(each.p99Ns),
    rate(each.perSecond),
  ]);
}

function textRows(texts: readonly TextFigures[]): string[][] {
  return [
    ["median", ...texts.map(({ medianNs }) => nanoseconds(medianNs))],
    ["p99", ...texts.map(({ p99Ns }) => nanoseconds(p99Ns))],
    ["per second", ...texts.map(({ perSecond }) => rate(perSecond))],
  ];
}

function heapNote(heap: readonly HeapFigures[], quick: boolean): string {
  const decisions = (heap[0]?.decisions ?? 0).toLocaleString("en-US");
  const short = quick ? " (a short run; the full one makes ten million)" : "";
  return `The heap after a full collection, before and after ${decisions} decisions on each path${short}:`;
}

function heapRow({ path, before, after }: HeapFigures): string[] {
  return [path, `${(before / 2 ** 20).toFixed(2)} MB`, `${(after / 2 ** 20).toFixed(2)} MB`];
}

function barRow({ bar, measured, met }: Bar): string[] {
  return [bar, measured, met === null ? "not measured" : met ? "yes" : "no"];
}
