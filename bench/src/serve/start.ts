import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { startCordon } from "../http/servers.js";
import { median } from "../measure/statistics.js";
import { command, helpdesk } from "../process/paths.js";
import { environment } from "../report/environment.js";
import { milliseconds, table } from "../report/table.js";
import type { Settings } from "../settings.js";

const execute = promisify(execFile);

/** How long somebody waits at the terminal: for a server to be ready, for a question to be answered. */
export async function benchStart({ quick }: Settings): Promise<string> {
  const times = quick ? 2 : 11;
  const starts = await repeat(times, async () => {
    const server = await startCordon("helpdesk", "durable");
    await server.stop();
    return server.readyMs;
  });
  const asks = await repeat(times, () =>
    timeOf([command, "ask", 'User::"ann"', "ticket:read", 'Ticket::"T-1004"']),
  );
  const bare = await repeat(times, () => timeOf(["-e", "0"]));
  const row = (what: string, values: readonly number[]) => [
    what,
    milliseconds(median(values)),
    milliseconds(Math.max(...values)),
  ];
  return [
    environment(),
    `Each ${times} times, from starting the process to the line or the end of the process.`,
    "",
    table(
      ["what", "median", "slowest"],
      [
        row("`cordon serve` on the helpdesk until it listens", starts),
        row("`cordon ask` on the helpdesk folder, whole command", asks),
        row("for comparison: `node -e 0`", bare),
      ],
    ),
  ].join("\n");
}

async function repeat(times: number, once: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  // The first run reads everything from the disk; the others are what a user meets all day.
  await once();
  for (let i = 0; i < times; i++) values.push(await once());
  return values;
}

async function timeOf(args: readonly string[]): Promise<number> {
  const started = performance.now();
  await execute(process.execPath, [...args], { cwd: helpdesk }).catch(
    (error: { code?: unknown; stderr?: string }) => {
      // An answer of deny may end with 1; anything else means that it didn't answer.
      if (error.code !== 1) throw new Error(`exit code ${error.code}\n${error.stderr}`);
    },
  );
  return performance.now() - started;
}
