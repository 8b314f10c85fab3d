import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "../testing/workspaces.mjs";

/**
 * The engine also runs in browsers and at the edge, where each kilobyte is paid for by every visitor. The core alone
 * decides; explanations are for people looking into a decision, and load when they do.
 */
const CEILINGS = [
  { title: "core, without explain", bytes: 20 * 1024, without: /[\\/]explain([\\/.-]|\.js$)/ },
  { title: "whole, with explain and json", bytes: 35 * 1024, without: null },
];

/** The engine as a browser would get it (bundled, minified, gzipped) stays under its ceilings. */
export async function check() {
  /** @type {import("../testing/report.mjs").Outcome} */
  const outcome = { passed: 0, failures: [], notes: [] };
  for (const { title, bytes, without } of CEILINGS) {
    const size = await measure(without);
    const text = `${title}: ${(size / 1024).toFixed(1)} KB of ${bytes / 1024} KB`;
    outcome.notes.push(text);
    if (size <= bytes) outcome.passed++;
    else
      outcome.failures.push({
        title: text,
        detail: "raise the ceiling only with a reason that its readers would accept",
      });
  }
  return outcome;
}

/**
 * @param {RegExp | null} without modules that are left out
 * @returns {Promise<number>} bytes, minified and gzipped
 */
async function measure(without) {
  const { build } = await import("esbuild");
  const entry = ["@cordon/engine", ...(without === null ? ["@cordon/engine/json"] : [])];
  const result = await build({
    stdin: { contents: entry.map((name) => `export * from "${name}";`).join("\n"), resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    target: "es2023",
    write: false,
    legalComments: "none",
    plugins: without === null ? [] : [leaveOut(without)],
  });
  return gzipSync(result.outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length;
}

/**
 * @param {RegExp} modules
 * @returns {import("esbuild").Plugin}
 */
function leaveOut(modules) {
  return {
    name: "leave-out",
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const absolute = join(resolveDir, path);
        return modules.test(absolute) ? { path: absolute, external: true } : undefined;
      });
    },
  };
}
