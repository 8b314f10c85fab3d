import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import type * as CedarWasm from "@cedar-policy/cedar-wasm/nodejs";
import { CedarError } from "./failures.js";
import { parseLossless, stringifyLossless } from "./lossless-json.js";

/** The official Cedar front end, behind a JSON boundary that keeps 64-bit integers. */
export type CedarFunctions = typeof CedarWasm;

type Glue = CedarFunctions & { readonly [name: string]: unknown } & {
  __wbg_set_wasm(exports: unknown): void;
};

/** What the replaced imports need of the module; the glue's own ways to these aren't exported. */
interface ModuleExports {
  readonly memory: WebAssembly.Memory;
  readonly __wbindgen_externrefs: WebAssembly.Table;
  __externref_table_alloc(): number;
  __wbindgen_exn_store(reference: number): void;
  __wbindgen_start(): void;
}

const IMPORT_MODULE = "./cedar_wasm_bg.js";
const NEEDED_EXPORTS = [
  "memory",
  "__wbindgen_externrefs",
  "__externref_table_alloc",
  "__wbindgen_exn_store",
  "__wbindgen_start",
] as const;

/**
 * The package's glue reads and writes every value with `JSON.parse` and `JSON.stringify`, which round integers
 * past 2^53 and refuse bigints. Its ESM build exports each import by name, so those two can be replaced; the
 * package's exports map doesn't list that file, hence the way to it by one that is listed. Importing the glue
 * runs nothing: the 4 MB module behind it is compiled on first use, so commands that don't parse start fast.
 */
const listedFile = createRequire(import.meta.url).resolve("@cedar-policy/cedar-wasm/nodejs");
const glueUrl = new URL("../esm/cedar_wasm_bg.js", pathToFileURL(listedFile));
const glue = (await import(glueUrl.href)) as Glue;

let compiled: WebAssembly.Module | undefined;
/** The memory of the instance in use; undefined while there is none. */
let memory: WebAssembly.Memory | undefined;
let generation = 0;
const functions = guarded();

/**
 * The front end; the first call of a function compiles it (about 20 ms). Every function of it throws CedarError
 * `front_end_overflow` for input that nests too deeply, and works again afterwards.
 */
export function cedar(): CedarFunctions {
  return functions;
}

/** Changes whenever the front end had to be made anew, and so has forgotten what was preparsed. */
export function cedarGeneration(): number {
  return generation;
}

/**
 * The V8 of Node 20 can abort the whole process ("unreachable code" in its deoptimizer) when a function into which
 * it inlined a call of the module is deoptimized during that call. The module's calls return references and come
 * back to us for JSON, so that this does happen, about once in thousands of calls. Without inlining it can't.
 */
function avoidInliningCalls(): void {
  if (process.versions.v8.startsWith("11.")) setFlagsFromString("--no-turbo-inline-js-wasm-calls");
}

function instantiate(): void {
  avoidInliningCalls();
  compiled ??= new WebAssembly.Module(readFileSync(fileURLToPath(new URL("cedar_wasm_bg.wasm", glueUrl))));
  const exported = new Set(WebAssembly.Module.exports(compiled).map(({ name }) => name));
  const missing = NEEDED_EXPORTS.find((name) => !exported.has(name));
  if (missing) throw incompatible(`its module doesn't export \`${missing}\``);
  if (typeof glue.__wbg_set_wasm !== "function")
    throw incompatible("its glue doesn't export `__wbg_set_wasm`");
  // The imports reach the exports of the very instance they are passed to.
  const imports = losslessImports(compiled, () => exports);
  const instance = new WebAssembly.Instance(compiled, { [IMPORT_MODULE]: imports });
  const exports = instance.exports as unknown as ModuleExports;
  memory = exports.memory;
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
}

/**
 * Deep input overflows the module's stack, of a fixed megabyte, into its data: every later call would fail or,
 * worse, answer from damaged memory. So an instance that trapped is never asked again.
 */
function guarded(): CedarFunctions {
  const guardedFunctions: Record<string, unknown> = {};
  for (const [name, original] of Object.entries(glue)) {
    if (typeof original !== "function" || name.startsWith("__")) continue;
    guardedFunctions[name] = (...args: unknown[]) => {
      if (memory === undefined) instantiate();
      try {
        return original(...args);
      } catch (error) {
        if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
        discardInstance();
        throw new CedarError(
          "front_end_overflow",
          "this nests too deeply for Cedar's parser",
          "split it up: it takes about a hundred levels of parentheses, operators or records",
          error,
        );
      }
    };
  }
  return guardedFunctions as CedarFunctions;
}

function discardInstance(): void {
  // Growing by nothing detaches the memory's buffer, without which the glue would keep its view of it.
  memory?.grow(0);
  memory = undefined;
  generation += 1;
}

function losslessImports(
  module: WebAssembly.Module,
  exports: () => ModuleExports,
): WebAssembly.ModuleImports {
  const imports: WebAssembly.ModuleImports = {};
  const replaced = new Set<string>();
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    const original = glue[name];
    if (from !== IMPORT_MODULE || typeof original !== "function") {
      throw incompatible(`its module imports \`${name}\` from \`${from}\`, which its glue doesn't have`);
    }
    const kind = /^__wbg_(parse|stringify)_/.exec(name)?.[1];
    imports[name] = original as WebAssembly.ImportValue;
    if (kind === "parse") imports[name] = losslessParse(exports);
    if (kind === "stringify") imports[name] = losslessStringify(exports);
    if (kind) replaced.add(kind);
  }
  if (replaced.size === 2) return imports;
  throw incompatible("its module doesn't import `__wbg_parse_…` and `__wbg_stringify_…`");
}

function losslessParse(exports: () => ModuleExports): (pointer: number, length: number) => unknown {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
  return (pointer, length) =>
    handingErrorsOver(exports, () =>
      parseLossless(decoder.decode(new Uint8Array(exports().memory.buffer, pointer >>> 0, length >>> 0))),
    );
}

function losslessStringify(exports: () => ModuleExports): (value: unknown) => unknown {
  return (value) => handingErrorsOver(exports, () => stringifyLossless(value));
}

/** An exception must not unwind through Rust frames: it is stored where the module looks for it. */
function handingErrorsOver(exports: () => ModuleExports, action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    const reference = exports().__externref_table_alloc();
    exports().__wbindgen_externrefs.set(reference, error);
    exports().__wbindgen_exn_store(reference);
    return undefined;
  }
}

function incompatible(reason: string): CedarError {
  return new CedarError(
    "wasm_incompatible",
    `the installed \`@cedar-policy/cedar-wasm\` can't be used: ${reason}`,
    "install the version that this package depends on",
  );
}
