// npm run bench -- [apps] [scale] [decisions] [pipeline] [http] [filters] [sources] [start] [reload] [--quick] [--write]
import { parseArgs } from "node:util";
import { benchPipeline } from "./decisions/pipeline.js";
import { benchDecisions } from "./decisions/run.js";
import { benchApps } from "./engine/run.js";
import { benchScale } from "./engine/scale/run.js";
import { benchFilters } from "./filters/run.js";
import { benchHttp } from "./http/run.js";
import { writeSection } from "./report/document.js";
import { benchReload } from "./serve/reload.js";
import { benchStart } from "./serve/start.js";
import type { Settings } from "./settings.js";
import { benchSources } from "./sources/run.js";

const BENCHMARKS: Record<string, { title: string; run(settings: Settings): string | Promise<string> }> = {
  apps: { title: "The engine on the applications of Cedar's paper", run: benchApps },
  scale: { title: "The engine as everything grows", run: benchScale },
  decisions: { title: "Decisions in-process", run: benchDecisions },
  pipeline: { title: "Decisions in-process, with everything around them", run: benchPipeline },
  http: { title: "Evaluations over HTTP", run: benchHttp },
  filters: { title: "Lists: filters in a database, and searches", run: benchFilters },
  sources: { title: "Decisions on what sources say", run: benchSources },
  start: { title: "Starting", run: benchStart },
  reload: { title: "From edit to enforcement", run: benchReload },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean" }, write: { type: "boolean" }, help: { type: "boolean" } },
});
const unknown = positionals.filter((name) => !(name in BENCHMARKS));

if (values.help || unknown.length > 0) {
  for (const name of unknown) console.error(`no benchmark is called \`${name}\``);
  console.log(
    `npm run bench -- [NAME…] [--quick] [--write]\n\nNAME is one of ${Object.keys(BENCHMARKS).join(", ")}; without one, all run.`,
  );
  console.log("--quick  shows in seconds that everything works; its figures mean little");
  console.log("--write  puts the figures into docs/bench.md");
  process.exitCode = unknown.length > 0 ? 2 : 0;
} else if (values.quick && values.write) {
  console.error("`--quick` measures nothing worth writing down");
  process.exitCode = 2;
} else {
  for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHMARKS)) {
    const benchmark = BENCHMARKS[name];
    if (benchmark === undefined) continue;
    const figures = await benchmark.run({ quick: values.quick ?? false, write: values.write ?? false });
    console.log(`\n## ${benchmark.title}\n\n${figures}`);
    if (values.write) writeSection(name, figures);
  }
}
