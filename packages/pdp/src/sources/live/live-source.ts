import type { ResolvedSchema } from "@cordon/engine";
import type { ScimDirectory } from "../../scim/directory.js";
import type { SourceLogger } from "../context-source.js";
import { Breaker } from "../decorators/breaker.js";
import { conforming } from "../decorators/conformity.js";
import type { Question } from "../decorators/fetcher.js";
import { HealthRecord, type SourceHealth } from "../decorators/health.js";
import { retried } from "../decorators/retry.js";
import { timeLimited } from "../decorators/time-limit.js";
import type { Listed, ListRequest, ProvidedType, Source, SourceChange } from "../source.js";
import { SourceError } from "../source-error.js";
import type { SourceOptions } from "../source-options.js";
import { FetchQueue } from "./fetch-queue.js";
import type { Part, Wanted } from "./part.js";
import { PartCache } from "./part-cache.js";
import { WatchKeeper } from "./watch-keeper.js";

const DEFAULTS = {
  timeoutMs: 1_000,
  retries: 1,
  staleIfErrorMs: 0,
  cacheBytes: 64 * 1024 * 1024,
  concurrency: 8,
  batch: 500,
  queue: 20_000,
} as const;

export interface LiveSourceOptions {
  readonly source: Source;
  readonly options: SourceOptions;
  readonly schema: ResolvedSchema | null;
  readonly secrets: readonly string[];
  readonly logger: SourceLogger | undefined;
  /** The clock that ages are measured by, in milliseconds. */
  readonly now?: () => number;
}

/** What a request demands of answers. */
export interface Demand {
  /** When the request came, on the clock of ages. */
  readonly at: number;
  /** How old an answer the caller takes, where it says so. */
  readonly maxAgeMs: number | undefined;
}

/** An answer that is waited for, and how to stop waiting. */
export interface Asked {
  readonly answer: Promise<Part>;
  leave(): void;
}

export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
  readonly staleUses: number;
  readonly entries: number;
  readonly bytes: number;
}

/** A source with everything around it: asked for one entity at a time, it asks for batches, and only for what it must. */
export class LiveSource {
  readonly name: string;
  readonly kind: string;
  readonly provides: ReadonlyMap<string, ProvidedType>;
  readonly options: SourceOptions;
  readonly health = new HealthRecord();
  readonly now: () => number;
  readonly #source: Source;
  readonly #queue: FetchQueue;
  readonly #cache: PartCache;
  readonly #breaker: Breaker;
  readonly #watch: WatchKeeper | undefined;
  readonly #list: Question<ListRequest, Listed> | undefined;
  readonly #keeps: boolean;
  readonly #listeners = new Set<(change: SourceChange) => void>();
  #hits = 0;
  #misses = 0;
  #staleUses = 0;
  #closing: Promise<void> | undefined;

  constructor({ source, options, schema, secrets, logger, now }: LiveSourceOptions) {
    const { name, kind, provides } = source;
    const set = { ...DEFAULTS, ...options };
    this.#source = source;
    this.name = name;
    this.kind = kind;
    this.provides = provides;
    this.options = options;
    this.now = now ?? (() => performance.now());
    this.#breaker = new Breaker(name);
    const conformity = { source: name, provides, schema, secrets };
    const plain = conforming(conformity, (request, signal) => source.fetch(request, signal));
    const limited = this.health.measured(timeLimited(name, set.timeoutMs, plain), ({ ids }) => ids.length);
    this.#queue = new FetchQueue(retried(set.retries, this.#breaker.guard(limited)), {
      source: name,
      concurrency: set.concurrency,
      batch: set.batch,
      queue: set.queue,
      now: this.now,
    });
    const list = source.list?.bind(source);
    if (list !== undefined) {
      const asked = this.health.measured(timeLimited(name, set.timeoutMs, list), () => 0);
      this.#list = retried(set.retries, this.#breaker.guard(asked));
    }
    this.#cache = new PartCache(set.cacheBytes);
    this.#keeps = keepsAnything(options);
    if (source.watch !== undefined) {
      const watch = source.watch.bind(source);
      this.#watch = new WatchKeeper(name, watch, (change) => this.changed(change), logger);
    }
  }

  /** Where pushes of an identity provider go, for sources that take any. */
  get provisioning(): ScimDirectory | undefined {
    return this.#source.provisioning;
  }

  /** Whether it can say which entities of a type there are. */
  canList(type: string): boolean {
    return this.#list !== undefined && this.#source.lists?.has(type) === true;
  }

  /** Nothing of it is kept: it is what the source says now. @throws SourceError */
  async list(request: ListRequest, signal: AbortSignal): Promise<Listed> {
    if (this.#list === undefined || !this.canList(request.type)) {
      const message = `it can't say which entities of type \`${request.type}\` there are`;
      throw new SourceError("source_failed", this.name, message, "ask a source that can");
    }
    return this.#list(request, signal);
  }

  /** How old an attribute may be, or (`null`) a type's parents and tags; undefined where nothing says. */
  maxAgeOf(type: string, attribute: string | null): number | undefined {
    const ofType = this.options.types?.get(type);
    const own = attribute === null ? undefined : ofType?.attributes?.get(attribute)?.maxAgeMs;
    return own ?? ofType?.maxAgeMs ?? this.options.maxAgeMs;
  }

  /** An answer that is kept and fresh enough for all that is wanted. */
  kept(
    type: string,
    id: string,
    wanted: Wanted,
    limitMs: number | undefined,
    { at }: Demand,
  ): Part | undefined {
    if (!this.#keeps || limitMs === undefined) return undefined;
    const part = this.#cache.get(type, id, wanted);
    if (part !== undefined && at - part.askedAt <= limitMs) {
      this.#hits++;
      return part;
    }
    this.#misses++;
    return undefined;
  }

  /**
   * Asks for an answer that is fresh enough, and takes one that is stale where none can be had and the settings
   * allow that.
   *
   * @param limitMs how old an answer may be; without it one that is under way will do
   */
  ask(type: string, id: string, wanted: Wanted, limitMs: number | undefined, demand: Demand): Asked {
    const notBefore = limitMs === undefined ? Number.NEGATIVE_INFINITY : demand.at - limitMs;
    const ticket = this.#queue.ask(type, id, wanted, notBefore);
    const answer = ticket.answer.then(
      ({ part, outdated }) => {
        if (this.#keeps && !outdated) this.#cache.set(type, id, part);
        return part;
      },
      (error: unknown) => this.#staleOr(error, type, id, wanted, demand),
    );
    answer.catch(() => {});
    return { answer, leave: ticket.leave };
  }

  /** Forgets what a change made stale; an answer that is under way is not kept. */
  changed(change: SourceChange): void {
    this.#cache.changed(change);
    this.#queue.changed(change);
    for (const listener of this.#listeners) listener(change);
  }

  onChange(listener: (change: SourceChange) => void): void {
    this.#listeners.add(listener);
  }

  /** Starts to listen for changes, where the source tells of any. */
  start(): void {
    this.#watch?.start();
  }

  status(): SourceHealth {
    return this.health.read(this.#breaker.isOpen);
  }

  cacheCounts(): CacheCounts {
    return {
      hits: this.#hits,
      misses: this.#misses,
      staleUses: this.#staleUses,
      entries: this.#cache.size,
      bytes: this.#cache.bytes,
    };
  }

  /** Asks for an entity that is nowhere; the health says how that went. */
  async probe(): Promise<void> {
    const [type] = this.provides.keys();
    if (type === undefined) return;
    const nothing = { attributes: new Set<string>(), parents: false, tags: false };
    await this.#queue.ask(type, PROBE_ID, nothing, this.now()).answer.catch(() => {});
  }

  /** Ids that wait to be asked for. */
  get waiting(): number {
    return this.#queue.waitingIds;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Ends what is around the source; the source itself stays open for whoever has it. */
  async release(): Promise<void> {
    this.#queue.close();
    this.#cache.clear();
    await this.#watch?.close();
  }

  async #close(): Promise<void> {
    await this.release();
    await this.#source.close();
  }

  #staleOr(error: unknown, type: string, id: string, wanted: Wanted, { at, maxAgeMs }: Demand): Part {
    // An entity that is there and wrong is no reason to go on with what it was before.
    const isPassing = error instanceof SourceError && !WRONG_DATA.has(error.code);
    const limit = Math.min(this.options.staleIfErrorMs ?? 0, maxAgeMs ?? Number.POSITIVE_INFINITY);
    const part = limit > 0 && isPassing ? this.#cache.get(type, id, wanted) : undefined;
    if (part === undefined || at - part.askedAt > limit) throw error;
    this.#staleUses++;
    return { ...part, stale: true };
  }
}

const PROBE_ID = "cordon-probe";

const WRONG_DATA: ReadonlySet<string> = new Set(["source_mismatch", "source_malformed", "source_closed"]);

function keepsAnything({ maxAgeMs, staleIfErrorMs, types, cacheBytes }: SourceOptions): boolean {
  if (cacheBytes === 0) return false;
  if ((maxAgeMs ?? 0) > 0 || (staleIfErrorMs ?? 0) > 0) return true;
  for (const type of types?.values() ?? []) {
    if ((type.maxAgeMs ?? 0) > 0) return true;
    for (const { maxAgeMs: own } of type.attributes?.values() ?? []) if ((own ?? 0) > 0) return true;
  }
  return false;
}
