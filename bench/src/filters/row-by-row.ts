import type { ProjectDecider } from "@cordon/pdp";
import type pg from "pg";
import type { Person } from "./people.js";
import { PAGE_SIZE } from "./questions.js";

/** Milliseconds; of what would take too long, from the time of each row in a sample. */
export interface RowByRow {
  readonly page: number;
  readonly count: number;
  /** Of the sample. */
  readonly allowed: number;
}

const BATCH = 500;

/** Deciding every ticket, newest first, until the page is full; and all of them for the count. */
export async function decideRows(
  decider: ProjectDecider,
  pool: pg.Pool,
  person: Person,
  { sample, tickets }: { sample: number; tickets: number },
): Promise<RowByRow> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM ticket ORDER BY opened_at DESC, id DESC LIMIT ${sample}`,
  );
  let allowed = 0;
  let page: number | undefined;
  const started = performance.now();
  for (let from = 0; from < rows.length; from += BATCH) {
    const asked = rows.slice(from, from + BATCH).map(({ id }) => ({
      principal: { type: "User", id: person.id },
      action: "ticket:read",
      resource: { type: "Ticket", id },
    }));
    for (const answer of await decider.decideMany(asked)) {
      if ("error" in answer) throw new Error(answer.error.message);
      if (answer.decision === "allow") allowed += 1;
    }
    if (page === undefined && allowed >= PAGE_SIZE) page = performance.now() - started;
  }
  const each = (performance.now() - started) / rows.length;
  const forPage = page ?? each * (await rowsForPage(pool, person, tickets));
  return { page: forPage, count: each * tickets, allowed };
}

/** How many tickets are at least as new as the last one of the page. */
async function rowsForPage(pool: pg.Pool, { id, handWritten }: Person, tickets: number): Promise<number> {
  const last = `SELECT t.opened_at FROM ticket t WHERE ${handWritten} ORDER BY t.opened_at DESC, t.id DESC
    OFFSET ${PAGE_SIZE - 1} LIMIT 1`;
  const { rows } = await pool.query<{ n: string }>(
    `SELECT count(*) AS n FROM ticket WHERE opened_at >= (${last})`,
    [id],
  );
  const found = Number(rows[0]?.n ?? 0);
  return found === 0 ? tickets : found;
}
