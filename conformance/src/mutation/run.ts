// npm run mutation -w @cordon/conformance -- [--file NAME]… [--told] [--jobs N] [--write]
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Mutant } from "./mutants.js";
import { isSame, rowOf, toldSurvivors, withCounts } from "./report.js";
import { allMutants, mutatedFiles, PAGE } from "./sources.js";
import { passOnOriginal, type Trial, tryMutant, writeCorpus } from "./trial.js";

const { values } = parseArgs({
  options: {
    file: { type: "string", multiple: true },
    told: { type: "boolean" },
    jobs: { type: "string", default: String(availableParallelism()) },
    write: { type: "boolean" },
  },
});

writeCorpus();
const [first] = mutatedFiles();
if (first === undefined || !(await passOnOriginal(first.file, first.text))) {
  console.error("the tests fail without any change, so nothing could survive: run `npm test` first");
  process.exit(2);
}
const told = toldSurvivors(readFileSync(PAGE, "utf8"));
const all = allMutants();
const mutants = all.filter(
  (mutant) =>
    (values.file?.includes(mutant.file) ?? true) &&
    (values.told !== true || told.some((row) => isSame(row, mutant))),
);
const trials = await tryAll(mutants);
process.exitCode = judge(trials, mutants.length === all.length);

async function tryAll(all: readonly Mutant[]): Promise<Trial[]> {
  const done: Trial[] = [];
  let next = 0;
  const worker = async () => {
    for (let mutant = all[next++]; mutant !== undefined; mutant = all[next++]) {
      const trial = await tryMutant(mutant);
      done.push(trial);
      if (trial.killedBy === null) console.log(`survives: ${mutant.file}:${mutant.line} ${rowOf(mutant)}`);
      if (done.length % 50 === 0) console.log(`${done.length} of ${all.length}`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, worker));
  return all.map((mutant) => done.find((trial) => trial.mutant === mutant) as Trial);
}

/** Every survivor must be told on the page, with its reason, and nothing that is found out. */
function judge(trials: readonly Trial[], isWhole: boolean): number {
  const page = readFileSync(PAGE, "utf8");
  const survivors = trials.filter(({ killedBy }) => killedBy === null).map(({ mutant }) => mutant);
  const untold = survivors.filter((mutant) => !told.some((row) => isSame(row, mutant)));
  const killed = told.filter((row) =>
    trials.some(({ mutant, killedBy }) => killedBy !== null && isSame(row, mutant)),
  );
  const stillSurvives = (row: (typeof told)[number]) => survivors.some((mutant) => isSame(row, mutant));
  const wrong = killed.filter((row) => !stillSurvives(row));
  console.log(
    `${trials.length} changes, ${trials.length - survivors.length} found out, ${survivors.length} survive`,
  );
  for (const mutant of untold) console.error(`not on the page, line ${mutant.line}: ${rowOf(mutant)}`);
  for (const row of wrong)
    console.error(`on the page, but found out: ${row.file} ${row.original} → ${row.replacement}`);
  if (values.write && isWhole) writeFileSync(PAGE, withCounts(page, trials));
  return untold.length + wrong.length > 0 ? 1 : 0;
}
