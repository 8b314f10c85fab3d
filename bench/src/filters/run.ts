import { startPostgres } from "@cordon/databases";
import pg from "pg";
import { busyNote, environment, packageVersion } from "../report/environment.js";
import { milliseconds, nanoseconds, ratio, table } from "../report/table.js";
import type { Settings } from "../settings.js";
import { measureSearch, type SearchFigures } from "./authzen-search.js";
import { type Compared, compareQuestions, measureFilters } from "./compare.js";
import { withDesk } from "./desk-project.js";
import { people } from "./people.js";
import { measurePlanning, type PlanningFigures } from "./planning.js";
import { FilteredQuestions, PAGE_SIZE } from "./questions.js";
import { decideRows, type RowByRow } from "./row-by-row.js";
import { fillDatabase } from "./world.js";

/** As one sets up a server with solid-state disks; everything fits into memory. */
const SERVER = {
  shared_buffers: "512MB",
  work_mem: "16MB",
  effective_cache_size: "2GB",
  random_page_cost: "1.1",
};

interface Effort {
  readonly tickets: number;
  readonly rounds: number;
  /** Tickets that are decided one by one. */
  readonly sample: number;
  /** Pages of a search, and those before that are not counted. */
  readonly pages: number;
  readonly warmUp: number;
}

/** Lists of a million tickets: filters made of policies beside SQL written by hand. */
export async function benchFilters({ quick }: Settings): Promise<string> {
  const effort: Effort = quick
    ? { tickets: 50_000, rounds: 3, sample: 1_000, pages: 10, warmUp: 5 }
    : { tickets: 1_000_000, rounds: 21, sample: 5_000, pages: 200, warmUp: 100 };
  const planning = await measurePlanning(quick);
  const server = await startPostgres({ settings: SERVER });
  try {
    await fillDatabase(server.url, effort.tickets);
    const { compared, filters, rows, searches } = await withDesk(server.url, (decider) =>
      withPool(server.url, async (pool) => {
        const questions = new FilteredQuestions(decider, pool);
        const compared = await compareQuestions(questions, pool, people, effort.rounds);
        const filters = await measureFilters(questions, people, quick ? 100 : 1_000);
        const rows: RowByRow[] = [];
        // What is known of customers and regions is kept: the first to ask would pay for all others.
        for (const person of people.slice(0, 1)) await decideRows(decider, pool, person, effort);
        for (const person of people) rows.push(await decideRows(decider, pool, person, effort));
        return { compared, filters, rows, searches: await measureSearch(decider.directory, people, effort) };
      }),
    );
    return report(effort, server.version, { planning, compared, filters, rows, searches });
  } finally {
    await server.stop();
  }
}

async function withPool<T>(url: string, use: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  return use(pool).finally(() => pool.end());
}

interface Figures {
  readonly planning: readonly PlanningFigures[];
  readonly compared: readonly Compared[];
  readonly filters: readonly number[];
  readonly rows: readonly RowByRow[];
  readonly searches: readonly SearchFigures[];
}

function report({ tickets }: Effort, version: string, figures: Figures): string {
  const { planning, compared, filters, rows, searches } = figures;
  return [
    environment([`PostgreSQL ${version}`, `Kysely ${packageVersion("kysely")}`]),
    `${tickets.toLocaleString("en-US")} tickets, 1,000 staff. Before timing, the rows of both sides were compared and none differed.`,
    busyNote(),
    "",
    table(
      ["who", "tickets seen", "question", "written by hand", "our filter", "ratio", "row by row"],
      compared.map((each) => comparison(each, rows[people.indexOf(each.person)])),
    ),
    "",
    `Making the filter, plan and SQL, with what the database says of the person kept: ${milliseconds(Math.min(...filters))} to ${milliseconds(Math.max(...filters))}.`,
    "",
    table(
      ["AuthZEN Resource Search", "p50", "p99"],
      searches.map(({ p50Ms, p99Ms }, index) => [
        `${people[index]?.who}, pages of ${PAGE_SIZE}`,
        milliseconds(p50Ms),
        milliseconds(p99Ms),
      ]),
    ),
    "",
    table(
      ["planning for the helpdesk, with its people in files", "median", "p99"],
      planning.map(({ name, medianNs, p99Ns }) => [name, nanoseconds(medianNs), nanoseconds(p99Ns)]),
    ),
  ].join("\n");
}

function comparison({ person, question, handMs, oursMs }: Compared, rows: RowByRow | undefined): string[] {
  const byRow = question === "count" ? rows?.count : rows?.page;
  return [
    person.who,
    person.sees,
    question,
    milliseconds(handMs),
    milliseconds(oursMs),
    ratio(oursMs / handMs),
    byRow === undefined ? "–" : roughly(byRow),
  ];
}

function roughly(ms: number): string {
  if (ms < 1_000) return milliseconds(ms);
  return ms < 99_500 ? `${(ms / 1_000).toPrecision(2)} s` : `${Math.round(ms / 60_000)} min`;
}
