import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DecisionRequest } from "@cordon/engine";
import { openProject } from "@cordon/pdp";
import { loadHelpdesk } from "../helpdesk/project.js";
import { helpdeskRequests } from "../helpdesk/requests.js";
import { median, quantile, sorted } from "../measure/statistics.js";
import { helpdesk } from "../process/paths.js";
import { environment } from "../report/environment.js";
import { nanoseconds, rate, table } from "../report/table.js";
import type { Settings } from "../settings.js";

const MODES = ["off", "buffered", "durable"] as const;
const IN_FLIGHT = 64;
type Ask = (index: number) => Promise<unknown>;

/** `decide()` of a project opened as a library: decoding, context, evaluation, guard and log. */
export async function benchPipeline({ quick }: Settings): Promise<string> {
  const requests = helpdeskRequests(loadHelpdesk(), 4_000).map(asDecisionRequest);
  const rows: string[][] = [];
  for (const mode of MODES) {
    await withProject(mode, requests, async (ask) => {
      const scale = quick ? 0.02 : 1;
      const runs = Math.round((mode === "durable" ? 2_000 : 20_000) * scale);
      await together(ask, Math.round(20_000 * scale));
      const single = sorted(await oneByOne(ask, runs));
      const rates: number[] = [];
      for (let round = 0; round < (quick ? 1 : 5); round++)
        rates.push(await together(ask, Math.round(20_000 * scale)));
      const each = [nanoseconds(quantile(single, 0.5)), nanoseconds(quantile(single, 0.99))];
      rows.push([mode === "off" ? "off" : `on, ${mode}`, ...each, rate(median(rates))]);
    });
  }
  const header = ["log", "median, one at a time", "p99, one at a time", `per second, ${IN_FLIGHT} in flight`];
  return [environment(), "", table(header, rows)].join("\n");
}

function asDecisionRequest(request: ReturnType<typeof helpdeskRequests>[number]): DecisionRequest {
  const { now: _, action: properties, ip: __, ...context } = request.context;
  const action = { name: request.action.id, ...(typeof properties === "object" ? { properties } : {}) };
  return { principal: request.principal, action, resource: request.resource, context };
}

async function withProject(
  mode: string,
  requests: readonly DecisionRequest[],
  use: (ask: Ask) => Promise<void>,
) {
  const folder = mkdtempSync(join(tmpdir(), "cordon-bench-"));
  try {
    cpSync(helpdesk, folder, {
      recursive: true,
      filter: (path) => !/[\\/](node_modules|dist|src|\.cordon)$/.test(path),
    });
    writeFileSync(join(folder, "cordon.yaml"), `version: 1\nlog:\n  mode: ${mode}\n`);
    const decider = await openProject(folder, { watch: false });
    const ask: Ask = (index) => decider.decide(requests[index % requests.length] as DecisionRequest);
    await use(ask).finally(() => decider.close());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function oneByOne(ask: Ask, runs: number): Promise<number[]> {
  const each: number[] = [];
  for (let index = 0; index < runs; index++) {
    const started = performance.now();
    await ask(index);
    each.push((performance.now() - started) * 1e6);
  }
  return each;
}

/** @returns decisions a second with many questions open at a time, as a busy server has them */
async function together(ask: Ask, runs: number): Promise<number> {
  let next = 0;
  const started = performance.now();
  const worker = async () => {
    while (next < runs) await ask(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return (runs * 1000) / (performance.now() - started);
}
