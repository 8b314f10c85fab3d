import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

const READ = /\.(cedar|cedarschema|ya?ml|json|txt)$/;
const SKIPPED = /(^|[/\\])(\.|node_modules)/;
const PAUSE_MS = 200;
/** At most this part of the time goes into looking. */
const SHARE = 1 / 20;

/** Runs at once, and again whenever a file of the project has changed, until the process is interrupted. */
export async function watchTests(folder: string, run: () => Promise<void>): Promise<number> {
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  await watchFiles(folder, interrupted.signal, run);
  return 0;
}

/**
 * Runs at once, and again whenever a file of the project has changed, until the signal. It looks for itself instead of
 * waiting for notices, which network and container file systems don't give.
 */
export async function watchFiles(
  folder: string,
  signal: AbortSignal,
  run: () => Promise<void>,
): Promise<void> {
  let seen = "";
  while (!signal.aborted) {
    const started = performance.now();
    const found = await fingerprint(folder);
    const cost = performance.now() - started;
    if (found !== seen) {
      seen = found;
      await run();
    }
    await pause(Math.max(PAUSE_MS, cost / SHARE), signal);
  }
}

/** Ends early on the signal. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}

/** Changes with the name, time or size of any file that a run reads. */
async function fingerprint(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).filter(
    (name) => READ.test(name) && !SKIPPED.test(name),
  );
  const lines = await Promise.all(
    names.map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => undefined);
      return `${name} ${found?.mtimeMs} ${found?.size}`;
    }),
  );
  return lines.sort().join("\n");
}
