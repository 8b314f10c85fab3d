import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProject, type ProjectDecider } from "@cordon/pdp";
import { loadHelpdesk } from "../helpdesk/project.js";
import { quantile, sorted } from "../measure/statistics.js";
import { helpdesk } from "../process/paths.js";

export interface PlanningFigures {
  readonly name: string;
  readonly medianNs: number;
  readonly p99Ns: number;
}

const LISTS = [
  { action: "ticket:read", resourceType: "Ticket" },
  { action: "ticket:comment", resourceType: "Ticket" },
  { action: "customer:read", resourceType: "Customer" },
  { action: "invoice:read", resourceType: "Invoice" },
] as const;

/** Without tickets, customers and invoices, which are in the database that the lists are of. */
const PARTS = ["policies", "schema.cedarschema", "entities/organisation.json", "entities/staff.json"];

/** Planning lists of the help desk with its people in files, for all of its staff in turn. */
export async function measurePlanning(quick: boolean): Promise<PlanningFigures[]> {
  const users = [...loadHelpdesk().store].filter(({ uid }) => uid.type === "User").map(({ uid }) => uid);
  const questions = LISTS.flatMap((list) =>
    users.map(({ type, id }) => ({ principal: { type, id }, ...list })),
  );
  return withHelpdesk(async (decider) => {
    const first: number[] = [];
    const again: number[] = [];
    const ask = async (question: (typeof questions)[number], into: number[]): Promise<void> => {
      const started = performance.now();
      await decider.plan(question);
      into.push((performance.now() - started) * 1e6);
    };
    for (const question of questions) await ask(question, first);
    const rounds = Math.ceil((quick ? 2_000 : 40_000) / questions.length);
    for (let round = 0; round < rounds; round++) for (const question of questions) await ask(question, again);
    const figures = (name: string, each: number[]): PlanningFigures => {
      const times = sorted(each);
      return { name, medianNs: quantile(times, 0.5), p99Ns: quantile(times, 0.99) };
    };
    return [
      figures("a list that somebody is shown for the first time", first),
      // The first rounds are those in which the code is compiled.
      figures("a list that somebody is shown again", again.slice(again.length / 4)),
    ];
  });
}

async function withHelpdesk<T>(use: (decider: ProjectDecider) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "cordon-bench-"));
  try {
    for (const part of PARTS) cpSync(join(helpdesk, part), join(folder, part), { recursive: true });
    writeFileSync(join(folder, "cordon.yaml"), "version: 1\n");
    const decider = await openProject(folder, { watch: false, log: false });
    return await use(decider).finally(() => decider.close());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
