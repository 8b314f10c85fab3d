import { loadHelpdesk } from "../helpdesk/project.js";
import { helpdeskRequests } from "../helpdesk/requests.js";
import { type Measured, measureRounds } from "../measure/rounds.js";
import { environment, packageVersion } from "../report/environment.js";
import { nanoseconds, rate, ratio, table } from "../report/table.js";
import type { Settings } from "../settings.js";
import { contendersOf } from "./contenders.js";
import { crossCheck } from "./cross-check.js";

const REQUESTS = 4_000;

/** In-process decisions on the helpdesk, beside Cedar's own implementation in the same process. */
export function benchDecisions({ quick }: Settings): string {
  const project = loadHelpdesk();
  const requests = helpdeskRequests(project, REQUESTS);
  const contenders = contendersOf(project, requests);
  const { compared, allowed } = crossCheck(contenders, quick ? 200 : REQUESTS);
  const measured = measureRounds(contenders, quick ? 1 : 9);
  return [
    environment([`cedar-wasm ${packageVersion("@cedar-policy/cedar-wasm")}`]),
    `${Object.keys(project.bundle.policies.staticPolicies).length} policies, ${project.store.size.toLocaleString("en-US")} entities,`,
    `${REQUESTS.toLocaleString("en-US")} different requests, ${Math.round((100 * allowed) / (quick ? 200 : REQUESTS))} % of them allowed.`,
    `Before timing, ${compared.toLocaleString("en-US")} answers were compared and none differed.`,
    "",
    figures(measured),
  ].join("\n");
}

function figures(measured: readonly Measured[]): string {
  const fastest = Math.max(...measured.map((each) => each.perSecond));
  const rows = measured.map((each) => [
    each.name,
    each.includes,
    nanoseconds(each.medianNs),
    // A hundred runs have no 99th percentile worth naming.
    each.runs >= 200 ? nanoseconds(each.p99Ns) : "–",
    rate(each.perSecond),
    ratio(fastest / each.perSecond),
  ]);
  return table(["what", "the figure includes", "median", "p99", "per second", "slower by"], rows);
}
