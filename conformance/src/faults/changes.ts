import { setTimeout as sleep } from "node:timers/promises";
import type { DatabaseServer } from "@cordon/databases";
import type { Histories } from "./histories.js";
import { DOCS, type FactName, type Facts, statementOf, TEAMS, USERS } from "./world.js";

const FACTS: readonly { readonly fact: FactName; readonly of: number }[] = [
  { fact: "active", of: USERS },
  { fact: "editor", of: USERS },
  { fact: "level", of: USERS },
  { fact: "frozen", of: TEAMS },
  { fact: "owner", of: DOCS },
  { fact: "minLevel", of: DOCS },
  { fact: "locked", of: DOCS },
];

/**
 * Changes the data until told to end, a few facts at a time, and notes each change before it is sent and once it is
 * acknowledged. What the server may or may not have done when its connection broke is done again.
 */
export class Changes {
  #isOver = false;
  #turn = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(
    private readonly server: DatabaseServer,
    private readonly url: string,
    private readonly histories: Histories,
    private readonly random: () => number,
    private readonly pauseMs: number,
  ) {}

  start(): void {
    this.#work = this.#run();
  }

  /** Ends once the change under way is done: the server must be up. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#work;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      await this.#change();
      await sleep(this.pauseMs);
    }
  }

  async #change(): Promise<void> {
    const done: (() => void)[] = [];
    const statements: string[] = [];
    // Every kind of fact in turn, each of another entity.
    for (let n = 0; n < 3; n++) {
      const { fact, of } = FACTS[this.#turn++ % FACTS.length] as (typeof FACTS)[number];
      const which = Math.floor(this.random() * of);
      const value = this.#next(fact, which);
      statements.push(statementOf(fact, which, value));
      done.push(this.histories.begin(fact, which, value, performance.now()));
    }
    while (!(await this.#sent(statements.join("; ")))) await sleep(50);
    for (const acknowledge of done) acknowledge();
  }

  async #sent(sql: string): Promise<boolean> {
    return this.server.query(sql, this.url).then(
      () => true,
      () => false,
    );
  }

  #next(fact: FactName, n: number): Facts[FactName] {
    const before = this.histories.latest(fact, n);
    if (typeof before === "boolean") return !before;
    if (typeof before === "number") return (before + 1 + Math.floor(this.random() * 5)) % 7;
    return `u${Math.floor(this.random() * USERS)}`;
  }
}
