import { gzipSync } from "node:zlib";
import { root } from "../testing/workspaces.mjs";

/**
 * The engine also runs in browsers and at the edge, where each kilobyte is paid for by every visitor. An application that
 * only decides names what stands here and must not carry explanations, which are for people looking into a decision, nor
 * partial evaluation, which is for lists and for fetching.
 */
const CORE = [
  "actionEntities",
  "compileDecideOnly",
  "decodeEntity",
  "decodeValue",
  "EngineError",
  "EntityStore",
  "EntityUid",
  "parseEntityUid",
];

const CEILINGS = [
  {
    title: "core, without explain and partial",
    kilobytes: 20,
    program: `export { ${CORE.join(", ")} } from "@cordon/engine";`,
  },
  {
    title: "whole, with explain, partial and json",
    kilobytes: 35,
    program: `export * from "@cordon/engine"; export * from "@cordon/engine/json";`,
  },
];

/** The engine as a browser would get it (bundled, minified, gzipped) stays under its ceilings. */
export async function check() {
  /** @type {import("../testing/report.mjs").Outcome} */
  const outcome = { passed: 0, failures: [], notes: [] };
  for (const { title, kilobytes, program } of CEILINGS) {
    const { bytes, modules } = await measure(program);
    const text = `${title}: ${(bytes / 1024).toFixed(1)} KB of ${kilobytes} KB`;
    outcome.notes.push(text);
    const extras = modules.filter((module) => /[\\/](explain|partial)[\\/.]/.test(module));
    if (bytes > kilobytes * 1024) {
      outcome.failures.push({
        title: text,
        detail: "raise the ceiling only with a reason that its readers would accept",
      });
    } else if (title.startsWith("core") && extras.length > 0) {
      outcome.failures.push({
        title: `${title} holds explain or partial after all`,
        detail: extras.join("\n"),
      });
    } else outcome.passed++;
  }
  return outcome;
}

/**
 * @param {string} program
 * @returns {Promise<{ bytes: number, modules: string[] }>} bytes minified and gzipped; the modules that left code in it
 */
async function measure(program) {
  const { build } = await import("esbuild");
  const result = await build({
    stdin: { contents: program, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    target: "es2023",
    write: false,
    metafile: true,
    legalComments: "none",
  });
  const [output] = Object.values(result.metafile.outputs);
  const modules = Object.entries(output?.inputs ?? {}).filter(([, input]) => input.bytesInOutput > 0);
  const bytes = gzipSync(result.outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length;
  return { bytes, modules: modules.map(([path]) => path) };
}
