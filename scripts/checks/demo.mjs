import { join } from "node:path";
import { run } from "../testing/process.mjs";
import { root } from "../testing/workspaces.mjs";

/** `npm run demo` walks through real requests and ends by itself; what it shows is also what it asserts. */
export async function check() {
  const { code, output } = await run(process.execPath, [join(root, "scripts/demo.mjs")], {
    cwd: root,
    timeoutMs: 300_000,
  });
  if (code === 0) return { passed: 1, failures: [], notes: [] };
  return {
    passed: 0,
    failures: [{ title: `npm run demo ended with exit code ${code}`, detail: output }],
    notes: [],
  };
}
