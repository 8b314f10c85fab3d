import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

const READ = /\.(cedar|cedarschema|ya?ml|json|txt)$/;
const SKIPPED = /(^|[/\\])(\.|node_modules)/;
const PAUSE_MS = 200;
/** At most this part of the time goes into looking. */
const SHARE = 1 / 20;

/**
 * Runs at once, and again whenever a file of the project has changed, until the process is interrupted. It looks
 * for itself instead of waiting for notices, which network and container file systems don't give.
 */
export async function watchTests(folder: string, run: () => Promise<void>): Promise<number> {
  let interrupted = false;
  process.once("SIGINT", () => {
    interrupted = true;
  });
  let seen = "";
  while (!interrupted) {
    const started = performance.now();
    const found = await fingerprint(folder);
    const cost = performance.now() - started;
    if (found !== seen) {
      seen = found;
      await run();
    }
    await new Promise((wake) => setTimeout(wake, Math.max(PAUSE_MS, cost / SHARE)));
  }
  return 0;
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
