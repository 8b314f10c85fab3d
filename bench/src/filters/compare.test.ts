import assert from "node:assert/strict";
import { test } from "node:test";
import { startPostgres } from "@cordon/databases";
import pg from "pg";
import { compareQuestions } from "./compare.js";
import { withDesk } from "./desk-project.js";
import { people } from "./people.js";
import { FilteredQuestions } from "./questions.js";
import { decideRows } from "./row-by-row.js";
import { fillDatabase } from "./world.js";

const TICKETS = 20_000;

test("what is written by hand, our filters and decisions agree, and people see as much as is said", async () => {
  const server = await startPostgres();
  const pool = new pg.Pool({ connectionString: server.url, max: 1 });
  try {
    await fillDatabase(server.url, TICKETS);
    const counts = await withDesk(server.url, async (decider) => {
      const compared = await compareQuestions(new FilteredQuestions(decider, pool), pool, people, 1);
      const size = { sample: 500, tickets: TICKETS };
      for (const person of people) {
        const { rows } = await pool.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM (SELECT * FROM ticket ORDER BY opened_at DESC, id DESC LIMIT ${size.sample}) t
           WHERE ${person.handWritten}`,
          [person.id],
        );
        assert.equal((await decideRows(decider, pool, person, size)).allowed, rows[0]?.n, person.who);
      }
      return compared.filter(({ question }) => question === "count").map(({ count }) => count / TICKETS);
    });
    const expected = people.map(({ sees }) => Number.parseFloat(sees) / 100);
    for (const [index, share] of counts.entries())
      assert.ok(Math.abs(share / (expected[index] ?? 0) - 1) < 0.1, `${people[index]?.who}: ${share}`);
  } finally {
    await pool.end();
    await server.stop();
  }
});
