import type { ProjectDecider } from "@cordon/pdp";
import { sqlTablesOf } from "@cordon/pdp/project";
import { type KyselyFilters, kyselyFilters } from "@cordon/planner/kysely";
import { type Expression, Kysely, PostgresDialect, type SqlBool } from "kysely";
import type pg from "pg";
import type { Person } from "./people.js";

export const PAGE_SIZE = 50;

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export type Question = "first page" | "count";
export const QUESTIONS: readonly Question[] = ["first page", "count"];

interface Tables {
  ticket: { id: string; title: string; severity: number; status: string; opened_at: Date };
}

export function handWritten({ id, handWritten: condition }: Person, question: Question): Statement {
  const text =
    question === "count"
      ? `SELECT count(*) AS n FROM ticket t WHERE ${condition}`
      : `SELECT t.id, t.title, t.severity, t.status, t.opened_at FROM ticket t WHERE ${condition}
         ORDER BY t.opened_at DESC, t.id DESC LIMIT ${PAGE_SIZE}`;
  return { text, values: [id] };
}

/** The same questions as an application asks them: a Kysely query with a filter of ours. */
export class FilteredQuestions {
  readonly #filters: KyselyFilters;
  readonly #db: Kysely<Tables>;

  constructor(decider: ProjectDecider, pool: pg.Pool) {
    const mappings = sqlTablesOf("Ticket", decider.settings)?.mappings ?? [];
    this.#filters = kyselyFilters(decider, { dialect: "postgres", mappings });
    this.#db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  }

  filter(person: Person): Promise<Expression<SqlBool>> {
    return this.#filters.filter({ type: "User", id: person.id }, "ticket:read", "Ticket", {}, { alias: "t" });
  }

  async statement(person: Person, question: Question): Promise<Statement> {
    const rows = this.#db.selectFrom("ticket as t").where(await this.filter(person));
    const { sql: text, parameters: values } =
      question === "count"
        ? rows.select((eb) => eb.fn.countAll().as("n")).compile()
        : rows
            .select(["t.id", "t.title", "t.severity", "t.status", "t.opened_at"])
            .orderBy("t.opened_at", "desc")
            .orderBy("t.id", "desc")
            .limit(PAGE_SIZE)
            .compile();
    return { text, values };
  }
}
