import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../testing/process.mjs";
import { root } from "../testing/workspaces.mjs";

/** The documentation builds as a site, and no link between its pages is dead. */
export async function check() {
  const out = mkdtempSync(join(tmpdir(), "cordon-site-"));
  try {
    const vitepress = join(root, "node_modules/vitepress/bin/vitepress.js");
    const { code, output } = await run(process.execPath, [vitepress, "build", "docs", "--outDir", out], {
      cwd: root,
      env: { ...process.env, NO_COLOR: "1" },
    });
    const failures = code === 0 ? [] : [{ title: "`npm run docs:build`", detail: output }];
    return { passed: code === 0 ? 1 : 0, failures, notes: [] };
  } finally {
    rmSync(out, { recursive: true, force: true, maxRetries: 5 });
  }
}
