import type { EntityUid, Need } from "@cordon/engine";
import { type Asked, type LiveSource, type Part, SourceError } from "../../sources/index.js";
import type { LiveEntity, Piece } from "./live-entity.js";
import type { LiveView } from "./live-view.js";

/** What one round asks one source about one entity. */
interface Question {
  readonly entity: LiveEntity;
  readonly source: LiveSource;
  readonly pieces: Piece[];
}

/** Collects what a round has to ask: of each source, each entity once. */
export class Questions {
  readonly #questions = new Map<string, Question>();

  constructor(private readonly view: LiveView) {}

  get size(): number {
    return this.#questions.size;
  }

  /** Adds what is needed of an entity and can still be had. */
  add({ uid, attributes, tags, ancestors }: Need): void {
    const entity = this.view.entity(uid);
    const { route } = entity;
    for (const name of attributes) this.#ask(entity, route?.attributes.get(name), { attribute: name });
    if (tags.size > 0) this.#ask(entity, route?.tags, "tags");
    if (ancestors) for (const at of blockersOf(entity)) this.#askParents(at);
  }

  /** Sends them all. */
  ask(): Asking[] {
    return [...this.#questions.values()].map((question) => this.#send(question));
  }

  #askParents(entity: LiveEntity): void {
    for (const source of entity.parents().open) this.#ask(entity, source, "parents");
  }

  #ask(entity: LiveEntity, source: LiveSource | undefined, piece: Piece): void {
    if (source === undefined || entity.failures.has(source)) return;
    const key = `${source.name}\0${entity.uid.key}`;
    const question = this.#questions.get(key);
    if (question === undefined) this.#questions.set(key, { entity, source, pieces: [piece] });
    else question.pieces.push(piece);
  }

  #send({ entity, source, pieces }: Question): Asking {
    const { view } = this;
    const { type, id } = entity.uid;
    const wanted = view.relevance.wanted(source, type, pieces.includes("parents"), pieces.includes("tags"));
    const limits = pieces.map((piece) => view.limitOf(source, type, piece));
    const known = limits.filter((limit) => limit !== undefined);
    const limit = known.length === 0 ? undefined : Math.min(...known);
    return new Asking(entity, source, source.ask(type, id, wanted, limit, view.demand), view);
  }
}

/** Of whose parents something must be known before it can be told what an entity is in; read once. */
export function blockersOf(entity: LiveEntity): LiveEntity[] {
  const blockers = entity.takeBlockers();
  return blockers.length === 0 ? [entity] : blockers;
}

/** One question that was sent. */
export class Asking {
  /** Resolves with the answer or its failure, or when nobody waits for it any more: it may never come then. */
  readonly done: Promise<void>;
  #isOver = false;
  #resolve: () => void = () => {};

  constructor(
    private readonly entity: LiveEntity,
    private readonly source: LiveSource,
    private readonly asked: Asked,
    view: LiveView,
  ) {
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    void asked.answer.then(
      (part: Part) => this.#end(() => view.put(entity, source, part)),
      (error: unknown) => this.#end(() => entity.fail(source, asFailure(error, source.name))),
    );
  }

  /** Stops waiting; what comes later is not looked at. */
  leave(reason: string): void {
    this.#end(() => {
      this.asked.leave();
      this.entity.fail(this.source, givenUp(this.source.name, reason));
    });
  }

  #end(how: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    how();
    this.#resolve();
  }
}

export function givenUp(source: string, reason: string): SourceError {
  return new SourceError(
    "source_given_up",
    source,
    reason,
    "set `resolve` in cordon.yaml higher, or see why it is slow",
  );
}

function asFailure(error: unknown, source: string): SourceError {
  if (error instanceof SourceError) return error;
  return new SourceError("source_failed", source, "it broke", "see what lies behind it");
}

/** What of an entity is needed and failed. */
export function failuresOf(view: LiveView, uid: EntityUid): SourceError[] {
  const found: SourceError[] = [];
  const seen = new Set<LiveEntity>();
  const open = [view.entity(uid)];
  for (let entity = open.pop(); entity !== undefined; entity = open.pop()) {
    if (seen.has(entity)) continue;
    seen.add(entity);
    found.push(...entity.failures.values());
    for (const parent of entity.parents().known) if (view.hasLooked(parent)) open.push(view.entity(parent));
  }
  return found;
}
