import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCordon } from "../http/servers.js";
import { quantile, sorted } from "../measure/statistics.js";
import { environment } from "../report/environment.js";
import { milliseconds, table } from "../report/table.js";
import type { Settings } from "../settings.js";

const ALLOW = 'permit (principal, action == Action::"ticket:read", resource is Ticket);\n';
const DENY = 'forbid (principal, action == Action::"ticket:read", resource is Ticket);\n';
const GIVE_UP_MS = 10_000;

/** How long after a policy file is written the first answer follows it, while the server is being asked. */
export async function benchReload({ quick }: Settings): Promise<string> {
  const edits = quick ? 2 : 20;
  const ways: [string, (file: string, text: string) => void][] = [
    ["written in place", writeFileSync],
    [
      "written aside and renamed",
      (file, text) => {
        writeFileSync(`${file}.new`, text);
        renameSync(`${file}.new`, file);
      },
    ],
  ];
  const rows: string[][] = [];
  for (const [title, write] of ways) {
    const times = sorted(await measure(edits, write));
    rows.push([title, milliseconds(quantile(times, 0.5)), milliseconds(quantile(times, 1))]);
  }
  return [
    environment(),
    `${edits} edits each of one policy file of the helpdesk; from the end of the write to the first answer by the new bundle.`,
    "",
    table(["the file is", "median", "slowest"], rows),
  ].join("\n");
}

async function measure(edits: number, write: (file: string, text: string) => void): Promise<number[]> {
  const server = await startCordon("helpdesk", "buffered");
  try {
    const file = join(server.folder, "policies/switch.cedar");
    const times: number[] = [];
    for (let edit = 0; edit < edits; edit++) {
      const allow = edit % 2 === 0;
      write(file, allow ? ALLOW : DENY);
      const started = performance.now();
      while ((await ask(server.url)) !== allow) {
        if (performance.now() - started > GIVE_UP_MS) throw new Error(`edit ${edit} was not enforced`);
      }
      times.push(performance.now() - started);
    }
    return times;
  } finally {
    await server.stop();
  }
}

async function ask(url: string): Promise<boolean> {
  const response = await fetch(`${url}/access/v1/evaluation`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      // Permitted by no policy of the example, so that the switch alone decides.
      subject: { type: "Service", id: "nobody" },
      action: { name: "ticket:read" },
      resource: { type: "Ticket", id: "T-1004" },
    }),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status} while editing: ${await response.text()}`);
  const answer: unknown = await response.json();
  return typeof answer === "object" && answer !== null && "decision" in answer && answer.decision === true;
}
