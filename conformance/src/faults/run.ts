import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Network, startPostgres } from "@cordon/databases";
import { Changes } from "./changes.js";
import { runCommand, serve } from "./command.js";
import type { Fault, Stage } from "./faults.js";
import { Histories } from "./histories.js";
import { Judge, type Judged } from "./judge.js";
import { Load } from "./load.js";

import { POLICIES, SCHEMA, settings, TABLES } from "./world.js";

export interface FaultRunOptions {
  readonly faults: readonly Fault[];
  /** How long each lasts. */
  readonly faultMs: number;
  /** How long all is well between them. */
  readonly calmMs: number;
  readonly perSecond: number;
  readonly seed: number;
  /** Ends after the fault under way once so much time is over; each happens once without it. */
  readonly minutes?: number;
  /** Hears what happens while it happens. */
  readonly tell: (line: string) => void;
  /** Where the server runs and how it is cut off; on this machine's own network without it. */
  readonly place?: Place;
}

/** A way to run the command so that it reaches databases by a network of its own. */
export interface Place {
  /** The address that databases are reached at. */
  readonly host: string;
  /** What is put before a command to run it there. */
  readonly by: readonly string[];
  /** Arguments of `serve` that make it reachable from here. */
  readonly serveArgs: readonly string[];
}

export interface FaultReport {
  readonly judged: Judged;
  readonly perSecond: number;
  readonly changes: number;
  /** After its fault was over, how long answers still failed, in milliseconds. */
  readonly recoveries: readonly {
    readonly fault: string;
    readonly ms: number;
    readonly unavailable: number;
  }[];
  /** Most memory that the server held, and what it held at the end of the first calm, in MB. */
  readonly memory: { readonly first: number; readonly most: number; readonly last: number };
  /** What the server said that it shouldn't have said, and how it ended. */
  readonly complaints: readonly string[];
  readonly exitCode: number | null;
  /** The longest that this process itself was late, in milliseconds: the machine was busy. */
  readonly lagMs: number;
}

/** Runs the real server beside a database that fails, and judges each of its answers. */
export async function runFaults(options: FaultRunOptions): Promise<FaultReport> {
  const folder = mkdtempSync(join(tmpdir(), "cordon-faults-"));
  const server = await startPostgres();
  const network = await Network.start(server.port, options.place?.host);
  const stage: Stage = { server, network, url: await server.createDatabase() };
  try {
    await server.query(TABLES, stage.url);
    return await runOn(stage, folder, options);
  } finally {
    await network.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runOn(stage: Stage, folder: string, options: FaultRunOptions): Promise<FaultReport> {
  const { tell, place } = options;
  writeFileSync(join(folder, "schema.cedarschema"), SCHEMA);
  writeFileSync(join(folder, "a.cedar"), POLICIES);
  writeFileSync(join(folder, "cordon.yaml"), settings("$" + "{env:FAULTS_URL}"));
  await runCommand(["sources", "install", "teams", "--apply", "--project", folder], {
    FAULTS_URL: stage.url,
  });
  const through = new URL(stage.url);
  through.port = `${stage.network.port}`;
  if (place !== undefined) through.hostname = place.host;
  const args = ["--project", folder, "--log-level", "warn", ...(place?.serveArgs ?? [])];
  const serving = await serve(args, { FAULTS_URL: through.href }, place?.by);
  const histories = new Histories();
  const random = generator(options.seed);
  const judge: Judge = new Judge(histories, (since) => load.isBusy(since));
  const changes = new Changes(stage.server, stage.url, histories, generator(options.seed + 1), 60);
  const load: Load = new Load(
    serving.url,
    options.perSecond,
    random,
    (answered) => judge.answered(answered),
    (failed) => judge.unanswered(failed),
  );
  serving.child.stderr?.on("data", (text: string) => {
    if (text.includes("go untold")) judge.untold();
  });
  const memory: number[] = [];
  const watch = setInterval(() => {
    memory.push(serving.memory());
    histories.forget(performance.now() - 60_000);
  }, 250);
  const started = performance.now();
  const loading = load.run();
  changes.start();
  const recoveries: { fault: string; ms: number; unavailable: number }[] = [];
  await sleep(options.calmMs);
  const first = memory.at(-1) ?? Number.NaN;
  const end = started + (options.minutes ?? 0) * 60_000;
  do {
    for (const fault of options.faults) {
      judge.begin(fault);
      await fault.happen(stage, options.faultMs);
      const over = judge.over();
      await sleep(options.calmMs);
      recoveries.push({ fault: fault.name, ...over() });
      const { ms, unavailable } = recoveries.at(-1) ?? { ms: 0, unavailable: 0 };
      tell(`${fault.name}: ${unavailable} answers failed, well again after ${ms.toFixed(0)} ms`);
      if (options.minutes !== undefined && performance.now() > end) break;
    }
  } while (performance.now() < end);
  load.end();
  await loading;
  const seconds = (performance.now() - started) / 1_000;
  await changes.end();
  clearInterval(watch);
  const exitCode = await serving.stop();
  return {
    judged: judge.judged,
    perSecond: load.sent / seconds,
    changes: histories.changes,
    recoveries,
    memory: { first, most: Math.max(...memory), last: memory.at(-1) ?? Number.NaN },
    complaints: complaintsOf(serving.told.error),
    exitCode,
    lagMs: load.lag,
  };
}

/** What a server says beyond its log: warnings of the runtime, and traces of what nobody caught. */
function complaintsOf(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && (!line.startsWith("{") || /"level":(50|60)/.test(line)));
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
