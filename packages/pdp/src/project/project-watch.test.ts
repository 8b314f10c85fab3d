import assert from "node:assert/strict";
import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { eventually, tempProject } from "../testing-internal/temp-project.js";
import { type Scan, scanProject } from "./fingerprint.js";
import { DEFAULT_TIMINGS, type Outcome, ProjectWatch, type WatchTimings } from "./project-watch.js";
import { defaultSettings } from "./settings.js";

const NEVER_MS = 3_600_000;

interface Watched {
  readonly directory: string;
  settled(): number;
  scans(): number;
}

async function watch(
  t: TestContext,
  timings: Partial<WatchTimings>,
  options: { blind?: boolean; outcome?: () => Outcome } = {},
): Promise<Watched> {
  const directory = await tempProject(t, { "policies/a.cedar": "a", "entities/e.json": "[]" });
  let scans = 0;
  const scan = async (): Promise<Scan> => {
    scans++;
    const seen = await scanProject(directory, defaultSettings);
    return options.blind ? { ...seen, directories: new Map() } : seen;
  };
  let settled = 0;
  const onSettled = async (): Promise<Outcome> => {
    settled++;
    return options.outcome?.() ?? "done";
  };
  const watcher = new ProjectWatch(await scan(), scan, onSettled, { ...DEFAULT_TIMINGS, ...timings });
  t.after(() => watcher.close());
  return { directory, settled: () => settled, scans: () => scans };
}

test("notices of the system alone are enough", async (t) => {
  const watched = await watch(t, { pollMs: NEVER_MS });
  await writeFile(join(watched.directory, "policies/a.cedar"), "b");
  await eventually(() => watched.settled() === 1);
  await mkdir(join(watched.directory, "policies/new"));
  await eventually(() => watched.settled() === 2);
  await writeFile(join(watched.directory, "policies/new/b.cedar"), "b");
  await eventually(() => watched.settled() === 3);
  await writeFile(join(watched.directory, "cordon.yaml"), "version: 1");
  await eventually(() => watched.settled() === 4);
});

test("looking now and then alone is enough", async (t) => {
  const watched = await watch(t, { pollMs: 20 }, { blind: true });
  await writeFile(join(watched.directory, "entities/e.json"), "[ ]");
  await eventually(() => watched.settled() === 1);
  await mkdir(join(watched.directory, "v2"));
  await writeFile(join(watched.directory, "v2/z.cedar"), "z");
  await rename(join(watched.directory, "policies"), join(watched.directory, "v1"));
  await symlink("v2", join(watched.directory, "policies"));
  await eventually(() => watched.settled() >= 2);
});

test("a burst of writes settles once, and what does not matter is not looked at", async (t) => {
  const watched = await watch(t, { pollMs: NEVER_MS, quietMs: 150 });
  for (let i = 0; i < 20; i++) {
    await writeFile(join(watched.directory, "policies/a.cedar"), `${i}`);
    await new Promise((wake) => setTimeout(wake, 5));
  }
  await eventually(() => watched.settled() === 1);
  await new Promise((wake) => setTimeout(wake, 50));
  const before = watched.scans();
  await mkdir(join(watched.directory, ".cordon"));
  await writeFile(join(watched.directory, ".cordon/cordon.db"), "x");
  await new Promise((wake) => setTimeout(wake, 50));
  assert.deepEqual([watched.settled(), watched.scans()], [1, before]);
});

test("a version that could not be taken for other reasons is tried again", async (t) => {
  let tries = 0;
  const outcome = (): Outcome => (++tries < 3 ? "retry" : "done");
  const watched = await watch(t, { retryMs: 10 }, { outcome });
  await writeFile(join(watched.directory, "policies/a.cedar"), "b");
  await eventually(() => watched.settled() === 3);
  await new Promise((wake) => setTimeout(wake, 100));
  assert.equal(watched.settled(), 3);
});
