import { join } from "node:path";
import { root } from "../testing/workspaces.mjs";
import { findCycles } from "./imports/cycles.mjs";
import { checkDirections } from "./imports/directions.mjs";
import { readSources } from "./imports/sources.mjs";
import { checkVocabulary } from "./imports/vocabulary.mjs";

/** Where each part may look: packages point down only, folders and files form no cycle, words stay where they belong. */
export async function check(base = root) {
  const sources = readSources(base);
  const problems = [...checkDirections(sources), ...findCycles(sources), ...checkVocabulary(sources)];
  const notes = [
    `${sources.length} files, ${sources.reduce((sum, source) => sum + source.imports.length, 0)} imports`,
  ];
  if (sources.length === 0)
    problems.push({ title: "nothing to check", detail: `no TypeScript source under ${join(base)}` });
  return { passed: problems.length === 0 ? 3 : 0, failures: problems, notes };
}
