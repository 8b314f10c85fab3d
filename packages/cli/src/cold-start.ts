import module from "node:module";
import { setFlagsFromString } from "node:v8";

/**
 * What makes a new process quick; to be imported before everything else.
 *
 * Left to itself V8 compiles a third of the Cedar parser anew, optimised, while a project is being loaded: that
 * costs three times what it takes to load the project, and even with thousands of policies gains nothing.
 */
const TIERING_BUDGET = 1_000_000_000;
/** V8 reports flags that it doesn't know, so only versions that were tried are told. */
const TRIED = /^v2[0-4]\./;

if (TRIED.test(process.version)) setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);

/** From Node 22 on: keeps compiled code from one run to the next. */
const { enableCompileCache } = module as { enableCompileCache?: () => unknown };
enableCompileCache?.();
