import type { Fetcher } from "../decorators/fetcher.js";
import type { SourceChange } from "../source.js";
import { SourceError } from "../source-error.js";
import { covers, isConcerned, type Part, type Wanted } from "./part.js";

export interface QueueOptions {
  readonly source: string;
  readonly concurrency: number;
  readonly batch: number;
  readonly queue: number;
  /** The clock that ages are measured by. */
  readonly now: () => number;
}

/** A question somebody waits for, and how to stop waiting: what nobody waits for is not asked, or broken off. */
export interface Ticket {
  readonly answer: Promise<Landed>;
  leave(): void;
}

export interface Landed {
  readonly part: Part;
  /** A change was told while it was under way: it must not be kept. */
  readonly outdated: boolean;
}

/**
 * Turns single questions into batches. What is asked within one turn of the event loop goes out together, and so
 * does what gathers while as many questions as may be are under way; an id that is under way already is not asked
 * again, unless a change was told since or the asker wants it fresher.
 */
export class FetchQueue {
  readonly #waiting = new Map<string, Group>();
  readonly #flights = new Set<Flight>();
  #waitingIds = 0;
  #isScheduled = false;
  #closed = false;

  constructor(
    private readonly fetch: Fetcher,
    private readonly options: QueueOptions,
  ) {}

  /** Ids that wait to be asked for. */
  get waitingIds(): number {
    return this.#waitingIds;
  }

  /** @param notBefore an answer asked for before this moment won't do */
  ask(type: string, id: string, wanted: Wanted, notBefore: number): Ticket {
    const flying = this.#flying(type, id, wanted, notBefore);
    if (flying !== undefined) return flying;
    const group = this.#group(type, wanted);
    let seat = group.seats.get(id);
    if (seat === undefined) {
      if (this.#closed) return refused(closed(this.options.source));
      if (this.#waitingIds >= this.options.queue) return refused(overloaded(this.options));
      seat = new Seat();
      group.seats.set(id, seat);
      this.#waitingIds++;
      this.#schedule();
    }
    return seat.ticket(() => this.#drop(group, id));
  }

  /** What is under way about it was perhaps read before the change: nobody may join it any more. */
  changed(change: SourceChange): void {
    for (const flight of this.#flights) {
      if (change.type !== undefined && change.type !== flight.type) continue;
      flight.changes.push(change);
    }
  }

  close(): void {
    this.#closed = true;
    const error = closed(this.options.source);
    for (const { seats } of this.#waiting.values()) for (const seat of seats.values()) seat.reject(error);
    this.#waiting.clear();
    this.#waitingIds = 0;
    for (const flight of this.#flights) flight.controller.abort();
  }

  #flying(type: string, id: string, wanted: Wanted, notBefore: number): Ticket | undefined {
    for (const flight of this.#flights) {
      if (flight.type !== type || flight.askedAt < notBefore || !covers(flight.wanted, wanted)) continue;
      const seat = flight.seats.get(id);
      if (seat !== undefined && !isStale(flight, id)) return seat.ticket(() => flight.release());
    }
    return undefined;
  }

  #group(type: string, wanted: Wanted): Group {
    const key = `${wanted.parents ? 1 : 0}${wanted.tags ? 1 : 0}${type}`;
    let group = this.#waiting.get(key);
    if (group === undefined || !covers(group.wanted, wanted)) {
      const attributes = new Set([...(group?.wanted.attributes ?? []), ...wanted.attributes]);
      group = {
        type,
        seats: group?.seats ?? new Map(),
        wanted: group === undefined ? wanted : { ...wanted, attributes },
      };
      this.#waiting.set(key, group);
    }
    return group;
  }

  #drop(group: Group, id: string): void {
    if (group.seats.get(id)?.isEmpty !== true) return;
    group.seats.delete(id);
    this.#waitingIds--;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#depart();
    });
  }

  #depart(): void {
    for (const [key, group] of this.#waiting) {
      while (group.seats.size > 0) {
        if (this.#flights.size >= this.options.concurrency) return;
        this.#launch(group);
      }
      this.#waiting.delete(key);
    }
  }

  #launch({ type, wanted, seats }: Group): void {
    const taken = new Map<string, Seat>();
    for (const [id, seat] of seats) {
      if (taken.size === this.options.batch) break;
      taken.set(id, seat);
      seats.delete(id);
    }
    this.#waitingIds -= taken.size;
    const flight = new Flight(type, wanted, taken, this.options.now());
    this.#flights.add(flight);
    void this.#fly(flight);
  }

  async #fly(flight: Flight): Promise<void> {
    const { type, wanted, seats } = flight;
    try {
      const request = { type, ids: [...seats.keys()], ...wanted };
      const found = await this.fetch(request, flight.controller.signal);
      for (const [id, seat] of seats) {
        const entity = found.get(id) ?? null;
        if (entity instanceof SourceError) seat.reject(entity);
        else seat.resolve({ part: flight.part(entity), outdated: isStale(flight, id) });
      }
    } catch (error) {
      for (const seat of seats.values()) seat.reject(error);
    } finally {
      this.#flights.delete(flight);
      this.#depart();
    }
  }
}

interface Group {
  readonly type: string;
  readonly wanted: Wanted;
  readonly seats: Map<string, Seat>;
}

/** One batch under way. */
class Flight {
  readonly controller = new AbortController();
  readonly askedAtTime = Date.now();
  readonly changes: SourceChange[] = [];

  constructor(
    readonly type: string,
    readonly wanted: Wanted,
    readonly seats: ReadonlyMap<string, Seat>,
    readonly askedAt: number,
  ) {
    for (const seat of seats.values()) seat.board(() => this.release());
  }

  part(entity: Part["entity"]): Part {
    const { wanted, askedAt, askedAtTime } = this;
    return { entity, wanted, askedAt, askedAtTime, stale: false };
  }

  release(): void {
    for (const seat of this.seats.values()) if (!seat.isEmpty) return;
    this.controller.abort();
  }
}

function isStale(flight: Flight, id: string): boolean {
  return flight.changes.some((change) => isConcerned(change, flight.type, id));
}

/** One id that somebody waits for. */
class Seat {
  readonly #promise: Promise<Landed>;
  #waiters = 0;
  #resolve: (landed: Landed) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #onEmpty: (() => void) | undefined;

  constructor() {
    this.#promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever left must not leave an unhandled rejection behind.
    this.#promise.catch(() => {});
  }

  get isEmpty(): boolean {
    return this.#waiters === 0;
  }

  ticket(onLeave: () => void): Ticket {
    this.#waiters++;
    let here = true;
    return {
      answer: this.#promise,
      leave: () => {
        if (!here) return;
        here = false;
        this.#waiters--;
        (this.#onEmpty ?? onLeave)();
      },
    };
  }

  /** From now on who leaves leaves a flight. */
  board(onEmpty: () => void): void {
    this.#onEmpty = onEmpty;
  }

  resolve(landed: Landed): void {
    this.#resolve(landed);
  }

  reject(error: unknown): void {
    this.#reject(error);
  }
}

function refused(error: SourceError): Ticket {
  const answer = Promise.reject(error);
  answer.catch(() => {});
  return { answer, leave: () => {} };
}

function overloaded({ source, queue }: QueueOptions): SourceError {
  return new SourceError(
    "source_overloaded",
    source,
    `${queue} ids are waiting for it already`,
    "see why it is slow, or set `queue` or `concurrency` of the source higher",
  );
}

function closed(source: string): SourceError {
  return new SourceError("source_closed", source, "it was closed", "ask again");
}
