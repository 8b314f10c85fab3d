import type {
  DecideManyOptions,
  DecideOptions,
  Decision,
  DecisionFailure,
  EvaluationSemantic,
  Explained,
  FoundAction,
  FoundEntity,
  SearchResult,
} from "@cordon/engine";
import type { DecisionLog, DecisionRecordInput } from "../log/index.js";
import { answerRequest } from "../pipeline/answer.js";
import { type BatchItem, endsBatch, evaluateBatch } from "../pipeline/batch.js";
import type { Call, Evaluated } from "../pipeline/evaluate.js";
import type { ProjectPlan } from "../pipeline/plan.js";
import { denyUnlogged } from "../pipeline/reply.js";
import type { Snapshot } from "../pipeline/snapshot.js";
import type { EntitySearchKind, Searched } from "../search/index.js";
import { PageTokens } from "../search/page-token.js";
import type { Logger, ProjectOptions } from "./project-decider.js";
import { ProjectError } from "./project-error.js";

const DEFAULT_CALLER = "in-process";

type BatchAnswer = Decision | DecisionFailure;

/**
 * Answers requests from the snapshot that is current when each begins, and hands out an
 * answer only once the log has taken its record: a decision that can't be accounted for
 * is a deny.
 */
export class DecisionDesk {
  snapshot: Snapshot;
  readonly #log: DecisionLog | null;
  readonly #clock: () => Date;
  readonly #caller: string;
  readonly #logger: Logger | undefined;
  readonly #tokens: PageTokens;
  #inFlight = 0;
  #closed = false;
  #onIdle: (() => void) | undefined;

  /** @param tokens of searches */
  constructor(
    snapshot: Snapshot,
    log: DecisionLog | null,
    options: ProjectOptions,
    tokens: PageTokens = new PageTokens(),
  ) {
    this.snapshot = snapshot;
    this.#log = log;
    this.#clock = options.clock ?? (() => new Date());
    this.#caller = options.caller ?? DEFAULT_CALLER;
    this.#logger = options.logger;
    this.#tokens = tokens;
  }

  async decide(request: unknown, options?: DecideOptions): Promise<Decision> {
    const evaluated = answerRequest(this.snapshot, request, this.#call(options, false));
    if (evaluated instanceof Promise) return this.#tracked(async () => this.#commit(await evaluated));
    return evaluated.record === null ? evaluated.decision : this.#tracked(() => this.#commit(evaluated));
  }

  async explain(request: unknown, options?: DecideOptions): Promise<Explained> {
    const answering = answerRequest(this.snapshot, request, this.#call(options, true));
    return this.#tracked(async () => {
      const evaluated = answering instanceof Promise ? await answering : answering;
      const decision = await this.#commit(evaluated);
      const explanation = evaluated.explanation ?? { decision: "deny", policies: [] };
      const { report } = evaluated;
      return report === undefined ? { decision, explanation } : { decision, explanation, sources: report };
    });
  }

  async plan(request: unknown, options?: DecideOptions): Promise<ProjectPlan> {
    const { snapshot } = this;
    const call = this.#call(options, false);
    return this.#tracked(async () => {
      // Planning and searching are loaded where somebody asks for them: a start should not wait for them.
      const { answerPlan } = await import("../pipeline/answer-plan.js");
      const { plan, record } = await answerPlan(snapshot, request, call);
      if (record !== null) await this.#account("plan", record);
      return plan;
    });
  }

  async search(
    kind: EntitySearchKind,
    request: unknown,
    options?: DecideOptions,
  ): Promise<SearchResult<FoundEntity>> {
    const { snapshot } = this;
    const call = this.#call(options, false);
    return this.#searched(async () => {
      const { searchEntities } = await import("../search/index.js");
      return searchEntities(kind, snapshot, request, call, this.#tokens);
    });
  }

  async searchActions(request: unknown, options?: DecideOptions): Promise<SearchResult<FoundAction>> {
    const { snapshot } = this;
    const call = this.#call(options, false);
    return this.#searched(async () => {
      const { searchActions } = await import("../search/index.js");
      return searchActions(snapshot, request, call, this.#tokens);
    });
  }

  async decideMany(
    requests: readonly unknown[],
    options?: DecideManyOptions,
  ): Promise<(Decision | DecisionFailure)[]> {
    const call = this.#call(options, false);
    const semantic = options?.semantic ?? "execute_all";
    const { snapshot } = this;
    return this.#tracked(async () => {
      const items = await evaluateBatch(snapshot, requests, call, semantic);
      const answers = await this.#commitAll(items);
      if (!isEnded(answers, semantic) && answers.length < requests.length) {
        // The permit that ended the batch could not be logged, so that it is none: the rest is asked for after
        // all, and at once, since a log that fails may take its time over each record.
        const rest = await evaluateBatch(snapshot, requests.slice(answers.length), call, "execute_all");
        answers.push(...(await this.#commitAll(rest)));
      }
      return answered(answers, semantic);
    });
  }

  /** Refuses further requests and waits for those in flight. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#inFlight === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #call(options: DecideOptions | undefined, explaining: boolean): Call {
    if (this.#closed) throw new ProjectError("closed", "the project was closed", "open it again");
    if (options?.signal?.aborted) throw options.signal.reason ?? new Error("the decision was aborted");
    return {
      now: this.#clock(),
      caller: options?.caller ?? this.#caller,
      traceId: options?.traceId ?? null,
      recording: this.#log !== null,
      explaining,
      ...(options?.maxAge === undefined ? {} : { maxAgeMs: options.maxAge }),
      ...(options?.signal === undefined ? {} : { signal: options.signal }),
    };
  }

  #commitAll(items: readonly BatchItem[]): Promise<BatchAnswer[]> {
    return Promise.all(items.map((item) => ("error" in item ? item : this.#commit(item))));
  }

  async #commit({ decision, record }: Evaluated): Promise<Decision> {
    if (record === null || this.#log === null) return decision;
    try {
      await this.#log.append(record);
      return decision;
    } catch (error) {
      this.#logger?.error(
        { err: error, decision: decision.id },
        "a decision could not be logged and is denied",
      );
      return denyUnlogged(decision);
    }
  }

  /** A page that can't be accounted for is not given out. */
  #searched<T>(search: () => Promise<Searched<T>>): Promise<SearchResult<T>> {
    return this.#tracked(async () => {
      const { result, record } = await search();
      await this.#account("search", record);
      return result;
    });
  }

  /** @throws ProjectError for what can't be accounted for: it isn't given out */
  async #account(what: "plan" | "search", record: DecisionRecordInput): Promise<void> {
    try {
      await this.#log?.append(record);
    } catch (cause) {
      this.#logger?.error(
        { err: cause, [what]: record.id },
        `a ${what} could not be logged and is not answered`,
      );
      const help = "see the health of the log; nothing is answered that can't be accounted for";
      throw new ProjectError("store_unavailable", `the ${what} could not be logged`, help, { cause });
    }
  }

  async #tracked<T>(work: () => Promise<T>): Promise<T> {
    this.#inFlight++;
    try {
      return await work();
    } finally {
      if (--this.#inFlight === 0) this.#onIdle?.();
    }
  }
}

function isEnded(answers: readonly BatchAnswer[], semantic: EvaluationSemantic): boolean {
  return answers.some((answer) => endsBatch(isAllow(answer), semantic));
}

/** The answers up to the one that ends the batch: an allow that could not be logged may do so earlier. */
function answered(answers: BatchAnswer[], semantic: EvaluationSemantic): BatchAnswer[] {
  const end = answers.findIndex((answer) => endsBatch(isAllow(answer), semantic));
  return end === -1 ? answers : answers.slice(0, end + 1);
}

function isAllow(answer: BatchAnswer): boolean {
  return "decision" in answer && answer.decision === "allow";
}
