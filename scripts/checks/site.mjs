import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../testing/process.mjs";
import { root } from "../testing/workspaces.mjs";
import { deadAnchors, foreignAssets } from "./site/built.mjs";

/** The documentation builds as a site, and no link between its pages, or to a place of a page, is dead; it loads nothing from elsewhere. */
export async function check() {
  const out = mkdtempSync(join(tmpdir(), "cordon-site-"));
  try {
    const vitepress = join(root, "node_modules/vitepress/bin/vitepress.js");
    const { code, output } = await run(process.execPath, [vitepress, "build", "docs", "--outDir", out], {
      cwd: root,
      env: { ...process.env, NO_COLOR: "1" },
    });
    if (code !== 0) {
      return { passed: 0, failures: [{ title: "`npm run docs:build`", detail: output }], notes: [] };
    }
    const failures = [
      ...deadAnchors(out).map((title) => ({ title, detail: "no such place on that page" })),
      ...foreignAssets(out).map((title) => ({ title, detail: "the site must load nothing from elsewhere" })),
    ];
    return { passed: failures.length === 0 ? 3 : 1, failures, notes: [] };
  } finally {
    rmSync(out, { recursive: true, force: true, maxRetries: 5 });
  }
}
