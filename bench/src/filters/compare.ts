import { isDeepStrictEqual } from "node:util";
import type pg from "pg";
import { median } from "../measure/statistics.js";
import type { Person } from "./people.js";
import {
  type FilteredQuestions,
  handWritten,
  QUESTIONS,
  type Question,
  type Statement,
} from "./questions.js";

export interface Compared {
  readonly person: Person;
  readonly question: Question;
  /** Medians in milliseconds, the way to the database and back included. */
  readonly handMs: number;
  readonly oursMs: number;
  /** What a count counts. */
  readonly count: number;
}

/**
 * Asks both the same, in turn, each time another one first.
 *
 * @throws Error for the first difference between the answers
 */
export async function compareQuestions(
  questions: FilteredQuestions,
  pool: pg.Pool,
  people: readonly Person[],
  rounds: number,
): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const person of people) {
    for (const question of QUESTIONS) {
      const hand = handWritten(person, question);
      const ours = await questions.statement(person, question);
      const [expected, found] = [await ask(pool, hand), await ask(pool, ours)];
      if (!isDeepStrictEqual(expected.rows, found.rows))
        throw new Error(`${person.who}, ${question}: the answers differ\n${hand.text}\n${ours.text}`);
      const times = { hand: [] as number[], ours: [] as number[] };
      for (let round = 0; round < rounds; round++) {
        for (const which of round % 2 === 0 ? (["hand", "ours"] as const) : (["ours", "hand"] as const)) {
          times[which].push((await ask(pool, which === "hand" ? hand : ours)).ms);
        }
      }
      compared.push({
        person,
        question,
        handMs: median(times.hand),
        oursMs: median(times.ours),
        count: Number(found.rows[0]?.n ?? found.rows.length),
      });
    }
  }
  return compared;
}

async function ask(
  pool: pg.Pool,
  { text, values }: Statement,
): Promise<{ ms: number; rows: readonly { readonly n?: string }[] }> {
  const started = performance.now();
  const { rows } = await pool.query<{ n?: string }>(text, [...values]);
  return { ms: performance.now() - started, rows };
}

/** Median milliseconds of making plan and SQL for each person, what sources say of them being kept already. */
export async function measureFilters(
  questions: FilteredQuestions,
  people: readonly Person[],
  runs: number,
): Promise<number[]> {
  const medians: number[] = [];
  for (const person of people) {
    const each: number[] = [];
    for (let run = 0; run < runs; run++) {
      const started = performance.now();
      await questions.filter(person);
      each.push(performance.now() - started);
    }
    medians.push(median(each));
  }
  return medians;
}
