import { setTimeout as sleep } from "node:timers/promises";
import { startPostgres } from "@cordon/databases";
import type { ProjectDecider } from "@cordon/pdp";
import pg from "pg";
import { median, quantile, sorted } from "../measure/statistics.js";
import { busyNote, environment, packageVersion } from "../report/environment.js";
import { milliseconds, nanoseconds, rate, table } from "../report/table.js";
import type { Settings } from "../settings.js";
import { ByHand } from "./by-hand.js";
import { type Question, questions, requestOf, type Setting, TABLES, withProject } from "./world.js";

const IN_FLIGHT = 64;
const CONNECTIONS = 8;
const SETTINGS: readonly { readonly name: string; readonly setting: Setting }[] = [
  { name: "no source, everything in files", setting: { sources: 0, isKept: false } },
  { name: "one source, warm", setting: { sources: 1, isKept: true } },
  { name: "three sources, warm", setting: { sources: 3, isKept: true } },
  { name: "one source, cold", setting: { sources: 1, isKept: false } },
  { name: "three sources, cold", setting: { sources: 3, isKept: false } },
];

type Ask = (question: Question) => Promise<string>;

/** What fetching costs a decision, beside fetching everything by hand for cedar-wasm. */
export async function benchSources({ quick }: Settings): Promise<string> {
  const scale = quick ? 0.02 : 1;
  const server = await startPostgres({ settings: { shared_buffers: "256MB" } });
  const pool = new pg.Pool({ connectionString: server.url, max: CONNECTIONS });
  try {
    await server.query(TABLES);
    const asked = questions(Math.round(10_000 * scale));
    const byHand = new ByHand(pool);
    const expected = await Promise.all(asked.slice(0, 2_000).map((question) => byHand.decide(question)));
    const rows: string[][] = [];
    let revocation: number[] = [];
    for (const { name, setting } of SETTINGS) {
      await withProject(server.url, setting, async (decider) => {
        await compare(decider, asked, expected);
        const ask: Ask = async (question) => (await decider.decide(requestOf(question))).decision;
        const sent = () => decider.sources.list().reduce((sum, { health }) => sum + health.questions, 0);
        rows.push([name, ...(await measure(ask, asked, sent, setting.isKept || setting.sources === 0))]);
        if (setting.isKept && setting.sources === 1) {
          revocation = await revoke(decider, (sql) => pool.query(sql), quick ? 3 : 50);
        }
      });
    }
    const hand: Ask = (question) => byHand.decide(question);
    rows.push(["by hand, then cedar-wasm", ...(await measure(hand, asked, () => byHand.queries, false))]);
    const allowed = expected.filter((decision) => decision === "allow").length;
    const told = sorted(revocation);
    return [
      environment([
        `cedar-wasm ${packageVersion("@cedar-policy/cedar-wasm")}`,
        `PostgreSQL ${server.version}`,
      ]),
      `${asked.length.toLocaleString("en-US")} different requests, ${Math.round((100 * allowed) / expected.length)} % of them allowed.`,
      `Before timing, ${(expected.length * SETTINGS.length).toLocaleString("en-US")} answers were compared and none differed.`,
      busyNote(),
      "",
      table(HEADER, rows),
      "",
      `From the commit of a revocation until the first denied decision: median ${milliseconds(quantile(told, 0.5))},`,
      `at most ${milliseconds(told.at(-1) ?? Number.NaN)} in ${told.length} revocations.`,
    ].join("\n");
  } finally {
    await pool.end();
    await server.stop();
  }
}

const HEADER = [
  "where entities come from",
  "median, one at a time",
  "p99, one at a time",
  `per second, ${IN_FLIGHT} in flight`,
  "queries per 1,000 decisions, one at a time",
  `queries per 1,000 decisions, ${IN_FLIGHT} in flight`,
];

/** @throws Error where an answer differs from that of the other side */
async function compare(
  decider: ProjectDecider,
  asked: readonly Question[],
  expected: readonly string[],
): Promise<void> {
  for (const [index, decision] of expected.entries()) {
    const question = asked[index] as Question;
    const answer = await decider.decide(requestOf(question));
    if (answer.decision === decision) continue;
    throw new Error(
      `${JSON.stringify(question)}: ${answer.decision} (${answer.reason.message}), not ${decision}`,
    );
  }
}

async function measure(
  ask: Ask,
  asked: readonly Question[],
  sent: () => number,
  isWarm: boolean,
): Promise<string[]> {
  // Warm means that everything was asked for before.
  await together(ask, isWarm ? asked : asked.slice(0, 2_000));
  const single = asked.slice(0, isWarm ? asked.length : Math.ceil(asked.length / 3));
  let before = sent();
  const times: number[] = [];
  for (const question of single) {
    const started = performance.now();
    await ask(question);
    times.push((performance.now() - started) * 1e6);
  }
  const singleQueries = ((sent() - before) * 1_000) / single.length;
  const rates: number[] = [];
  before = sent();
  for (let round = 0; round < 3; round++) rates.push(await together(ask, asked));
  const queries = ((sent() - before) * 1_000) / (3 * asked.length);
  const ordered = sorted(times);
  return [
    nanoseconds(quantile(ordered, 0.5)),
    nanoseconds(quantile(ordered, 0.99)),
    rate(median(rates)),
    rate(singleQueries),
    rate(queries),
  ];
}

/** @returns decisions a second with many questions open at a time, as a busy server has them */
async function together(ask: Ask, asked: readonly Question[]): Promise<number> {
  let next = 0;
  const started = performance.now();
  const worker = async (): Promise<void> => {
    while (next < asked.length) await ask(asked[next++] as Question);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return (asked.length * 1_000) / (performance.now() - started);
}

/** Takes somebody's right away again and again; the times in milliseconds until a decision says so. */
async function revoke(
  decider: ProjectDecider,
  query: (sql: string) => Promise<unknown>,
  times: number,
): Promise<number[]> {
  const request = requestOf({ user: "u4", action: "read", doc: "d0" });
  const until = async (decision: string): Promise<void> => {
    while ((await decider.decide(request)).decision !== decision) await sleep(0);
  };
  const found: number[] = [];
  for (let time = 0; time < times; time++) {
    await until("allow");
    await query("UPDATE users SET active = false WHERE id = 'u4'");
    const committed = performance.now();
    await until("deny");
    found.push(performance.now() - committed);
    await query("UPDATE users SET active = true WHERE id = 'u4'");
  }
  return found;
}
