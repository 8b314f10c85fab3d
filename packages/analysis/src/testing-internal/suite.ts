import assert from "node:assert/strict";
import { loadSuite, type TestSuite } from "../policy-tests/index.js";
import { projectWith, shop } from "./shop.js";

/** The shop with this file of tests, read; further files replace the shop's. */
export async function suiteOf(
  tests: string,
  files: Readonly<Record<string, string>> = {},
): Promise<TestSuite> {
  const loaded = await loadSuite(projectWith({ ...shop, ...files, "tests/t.yaml": tests }));
  if (!loaded.ok) assert.fail(loaded.diagnostics.map(({ message }) => message).join("\n"));
  return loaded.suite;
}
