import { median } from "../measure/statistics.js";
import { cpuMs } from "../process/child.js";
import { environment, packageVersion } from "../report/environment.js";
import { nanoseconds, rate, ratio, table } from "../report/table.js";
import type { Settings } from "../settings.js";
import { authzenHelpdesk, authzenTickets, cerbosTickets, type Workload } from "./bodies.js";
import { type LoadResult, load } from "./load.js";
import {
  bytesIn,
  cerbosProgram,
  type ServerInFolder,
  startCerbos,
  startCordon,
  startEcho,
} from "./servers.js";

interface Contender {
  readonly name: string;
  readonly log: string;
  readonly workload: Workload;
  /** Contenders of one group must answer alike; null for one that doesn't decide. */
  readonly group: string | null;
  start(): Promise<ServerInFolder>;
}

interface Round extends LoadResult {
  readonly cpuNsPerAnswer: number;
}

const CONNECTIONS = 64;

/** Evaluations a second over HTTP, one server at a time, the same load on each, in turn. */
export async function benchHttp({ quick }: Settings): Promise<string> {
  const contenders = contendersHere();
  const rounds = new Map<Contender, Round[]>(contenders.map((contender) => [contender, []]));
  const allowed = await assertSameAnswers(contenders);
  const count = quick ? 1 : 3;
  for (let round = 0; round < count; round++) {
    for (const contender of contenders) rounds.get(contender)?.push(await measure(contender, quick ? 1 : 6));
  }
  const peer = contenders.some(isCerbos) ? [`Cerbos ${packageVersion("@cerbos/cerbos-linux-x64")}`] : [];
  return [
    environment([...peer, `autocannon ${packageVersion("autocannon")}`]),
    `${CONNECTIONS} connections, one request at a time on each; load generator and server share the cores.`,
    `Before timing, the answers of all servers to the same questions were compared and none differed (${allowed} % allowed).`,
    ...(peer.length === 0 ? ["There is no Cerbos binary for this platform, so its rows are missing."] : []),
    "",
    figures(contenders, rounds),
  ].join("\n");
}

function contendersHere(): Contender[] {
  const tickets = authzenTickets();
  const cordon = (log: "off" | "buffered" | "durable"): Contender => ({
    name: "Cordon, AuthZEN",
    log: log === "off" ? "off" : `on, ${log}`,
    workload: tickets,
    group: "tickets",
    start: () => startCordon("tickets", log),
  });
  const cerbos = (name: string, workload: Workload, log: boolean): Contender => ({
    name: `Cerbos, ${name}`,
    log: log ? "on, buffered" : "off",
    workload,
    group: "tickets",
    start: () => startCerbos(log),
  });
  const helpdesk = (log: "buffered" | "durable"): Contender => ({
    name: "Cordon, AuthZEN, whole helpdesk",
    log: `on, ${log}`,
    workload: authzenHelpdesk(),
    group: "helpdesk",
    start: () => startCordon("helpdesk", log),
  });
  // Kin are spread over the turn, so that a slow minute of the machine doesn't meet one product alone.
  return [
    { name: "bare node:http, JSON in and out", log: "–", workload: tickets, group: null, start: startEcho },
    cordon("buffered"),
    ...(cerbosHere() ? [cerbos("AuthZEN", tickets, true)] : []),
    cordon("durable"),
    ...(cerbosHere() ? [cerbos("own interface", cerbosTickets(), true)] : []),
    cordon("off"),
    ...(cerbosHere() ? [cerbos("AuthZEN", tickets, false)] : []),
    helpdesk("buffered"),
    helpdesk("durable"),
  ];
}

function cerbosHere(): boolean {
  try {
    return cerbosProgram() !== "";
  } catch {
    return false;
  }
}

function isCerbos(contender: Contender): boolean {
  return contender.name.startsWith("Cerbos");
}

/**
 * @returns the share of allows among the questions that all servers get, in percent
 * @throws Error for the first difference
 */
async function assertSameAnswers(contenders: readonly Contender[]): Promise<number> {
  const first = new Map<string, { name: string; answers: boolean[] }>();
  for (const contender of contenders) {
    if (contender.group === null) continue;
    const server = await contender.start();
    const answers = await askAll(server.url, contender.workload).finally(server.stop);
    const expected = first.get(contender.group);
    if (expected === undefined) first.set(contender.group, { name: contender.name, answers });
    const difference = answers.findIndex(
      (answer, index) => expected !== undefined && answer !== expected.answers[index],
    );
    if (difference >= 0) {
      const body = contender.workload.bodies[difference];
      throw new Error(
        `${contender.name} answers ${answers[difference]}, ${expected?.name} the opposite, to\n${body}`,
      );
    }
  }
  const tickets = first.get("tickets")?.answers ?? [];
  return Math.round((100 * tickets.filter(Boolean).length) / tickets.length);
}

async function askAll(url: string, { path, bodies, isAllow }: Workload): Promise<boolean[]> {
  const answers: boolean[] = [];
  for (const body of bodies) {
    const response = await fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    if (!response.ok)
      throw new Error(`HTTP ${response.status} from ${url}${path}: ${await response.text()}\n${body}`);
    answers.push(isAllow(await response.json()));
  }
  return answers;
}

async function measure({ start, workload, name, log }: Contender, seconds: number): Promise<Round> {
  process.stderr.write(`${name}, log ${log}\n`);
  const server = await start();
  try {
    const order = { url: server.url + workload.path, bodies: workload.bodies, connections: CONNECTIONS };
    await load({ ...order, seconds: Math.max(1, Math.round(seconds / 3)) });
    const before = { cpu: cpuMs(server.pid), bytes: bytesIn(server.folder) };
    const result = await load({ ...order, seconds });
    const cpuNsPerAnswer = ((cpuMs(server.pid) - before.cpu) * 1e6) / result.answers;
    assertLogged(name, log, (bytesIn(server.folder) - before.bytes) / result.answers);
    return { ...result, cpuNsPerAnswer };
  } finally {
    await server.stop();
  }
}

/** A log that is said to be on and writes nothing would make any server fast. */
function assertLogged(name: string, log: string, bytesPerAnswer: number): void {
  const on = log.startsWith("on");
  if (on && bytesPerAnswer < 10) throw new Error(`${name}: the log is on but its files didn't grow`);
  if (!on && bytesPerAnswer > 10)
    throw new Error(`${name}: the log is off but ${bytesPerAnswer} bytes an answer were written`);
}

function figures(contenders: readonly Contender[], rounds: ReadonlyMap<Contender, readonly Round[]>): string {
  const middle = (contender: Contender, of: (round: Round) => number) =>
    median((rounds.get(contender) ?? []).map(of));
  const peer = contenders.filter((contender) => isCerbos(contender) && contender.log !== "off");
  const best = Math.max(...peer.map((contender) => middle(contender, (round) => round.perSecond)));
  const rows = contenders.map((contender) => {
    const perSecond = middle(contender, (round) => round.perSecond);
    const cpu = middle(contender, (round) => round.cpuNsPerAnswer);
    return [
      contender.name,
      contender.log,
      rate(perSecond),
      peer.length === 0 ? "–" : ratio(perSecond / best),
      `${middle(contender, (round) => round.p50Ms)} ms`,
      `${middle(contender, (round) => round.p99Ms)} ms`,
      Number.isNaN(cpu) ? "–" : nanoseconds(cpu),
    ];
  });
  const header = [
    "server",
    "log",
    "per second",
    "to Cerbos's best with log",
    "p50",
    "p99",
    "server CPU each",
  ];
  return table(header, rows);
}
