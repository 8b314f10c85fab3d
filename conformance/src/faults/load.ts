import { Agent, request } from "node:http";
import { availableParallelism, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answered, Question } from "./oracle.js";
import { DOCS, USERS } from "./world.js";

/** What came of a request that was answered by no decision. */
export interface Unanswered {
  readonly sentAt: number;
  readonly why: string;
}

const ANSWER_MS = 15_000;
const LATE_MS = 150;
/** How long after a moment without time answers may still suffer from it. */
const LATE_EFFECT_MS = 3_000;
const WARM_UP_SECONDS = 2;

/** How many seconds' worth of questions are due: they begin slowly, since a program that just started is slow. */
function questionsUntil(seconds: number): number {
  return seconds < WARM_UP_SECONDS ? seconds ** 2 / (2 * WARM_UP_SECONDS) : seconds - WARM_UP_SECONDS / 2;
}

/** Asks so many questions a second whether or not earlier ones are answered, as people do. */
export class Load {
  /** As a gateway does, it has so many connections at most; questions beyond wait here, and count from when they leave. */
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });
  #isOver = false;
  #open = 0;
  /** Questions sent. */
  sent = 0;
  /** The longest that this process itself was late with a question, in milliseconds. */
  lag = 0;
  #lateAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly url: string,
    private readonly perSecond: number,
    private readonly random: () => number,
    private readonly onAnswer: (answered: Answered) => void,
    private readonly onFailure: (unanswered: Unanswered) => void,
  ) {}

  /** Whether the machine has had too much to do since a moment to say how quick anything else is. */
  isBusy(since: number): boolean {
    return this.#lateAt > since - LATE_EFFECT_MS || (loadavg()[0] ?? 0) > 3 * availableParallelism();
  }

  async run(): Promise<void> {
    const started = performance.now();
    while (!this.#isOver) {
      const now = performance.now();
      const due = Math.floor(questionsUntil((now - started) / 1_000) * this.perSecond);
      const lag = ((due - this.sent) / this.perSecond) * 1_000;
      this.lag = Math.max(this.lag, lag);
      if (lag > LATE_MS) this.#lateAt = now;
      while (this.sent < due) {
        this.sent++;
        this.#send();
      }
      await sleep(2);
    }
    while (this.#open > 0) await sleep(10);
    this.#agent.destroy();
  }

  /** No more questions; `run` resolves when all are answered. */
  end(): void {
    this.#isOver = true;
  }

  #send(): void {
    const question: Question = {
      user: Math.floor(this.random() * USERS),
      action: this.random() < 0.5 ? "read" : "write",
      // Half of the questions are about something of one's own at first.
      doc: Math.floor(this.random() * DOCS),
    };
    const sent = { at: performance.now() };
    this.#open++;
    this.#ask(question, sent).then(
      (answer) => {
        this.#open--;
        this.onAnswer({ question, sentAt: sent.at, at: performance.now(), ...answer });
      },
      (error: Error) => {
        this.#open--;
        this.onFailure({ sentAt: sent.at, why: error.message });
      },
    );
  }

  #ask(
    { user, action, doc }: Question,
    sent: { at: number },
  ): Promise<Pick<Answered, "allowed" | "code" | "message" | "stale">> {
    const body = JSON.stringify({
      subject: { type: "User", id: `u${user}` },
      action: { name: action },
      resource: { type: "Doc", id: `d${doc}` },
    });
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const asked = request(
        `${this.url}/access/v1/evaluation`,
        { method: "POST", agent: this.#agent, headers, timeout: ANSWER_MS },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk;
          });
          response.on("end", () => {
            if (response.statusCode !== 200) return reject(new Error(`${response.statusCode} ${text}`));
            const { decision, context } = JSON.parse(text);
            const stale = (context.stale ?? []).map(({ source }: { source: string }) => source);
            const { code, message } = context.reason;
            resolve({ allowed: decision, code, message, stale });
          });
          response.on("error", reject);
        },
      );
      asked.on("socket", () => {
        sent.at = performance.now();
      });
      asked.on("timeout", () => asked.destroy(new Error(`no answer within ${ANSWER_MS} ms`)));
      asked.on("error", reject);
      asked.end(body);
    });
  }
}
