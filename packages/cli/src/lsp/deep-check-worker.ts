import { parentPort, workerData } from "node:worker_threads";
import { checkFolder } from "@cordon/analysis/check";
import { testsByPolicy } from "@cordon/analysis/language";
import type { DeepReport } from "./deep-check.js";

// Checks a folder beside the server's own thread: running tests must not hold up a completion.
const { diagnostics, texts, tests } = await checkFolder(workerData as string);
const report: DeepReport = {
  diagnostics,
  texts: Object.fromEntries(texts),
  tests: tests === undefined ? null : testsByPolicy(tests),
};
parentPort?.postMessage(report);
