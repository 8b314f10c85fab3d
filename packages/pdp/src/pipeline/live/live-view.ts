import {
  type Entities,
  type Entity,
  type EntityUid,
  type PartialEntities,
  UNKNOWN,
  type Unknown,
} from "@cordon/engine";
import { type Demand, type LiveSource, type Part, SourceError } from "../../sources/index.js";
import type { Relevance } from "../relevance.js";
import type { ResolvedEntities } from "../resolve.js";
import type { ProjectEntities } from "../snapshot.js";
import { LiveEntity, type Piece, type Vouched } from "./live-entity.js";

/**
 * The entities of one request over what is known of them so far. As `Entities` it takes what is not known for absent
 * and remembers that it did; as `PartialEntities` it says so.
 */
export class LiveView implements Entities {
  readonly #entities = new Map<string, LiveEntity>();
  readonly #vouched = new Map<string, Vouched>();
  #asked: Set<Part> | undefined;
  readonly asPartial: PartialEntities;
  /** Whether something was taken for absent that is only not known. */
  tookUnknown = false;
  /** Whether something was older than it should be. */
  tookStale = false;
  /** Grows with all that becomes known. */
  version = 0;

  constructor(
    readonly relevance: Relevance,
    private readonly store: ProjectEntities,
    private readonly resolved: ResolvedEntities,
    readonly demand: Demand,
  ) {
    this.asPartial = { get: (uid) => this.#partial(uid) };
  }

  get(uid: EntityUid): Entity | undefined {
    if (!this.#isLive(uid)) return this.resolved.entities.get(uid);
    const entity = this.entity(uid);
    return entity.isAbsent() ? undefined : entity.whole;
  }

  entity(uid: EntityUid): LiveEntity {
    let entity = this.#entities.get(uid.key);
    if (entity === undefined) {
      const { principal, resource } = this.resolved;
      const given = principal?.uid.equals(uid) ? principal : resource?.uid.equals(uid) ? resource : null;
      entity = new LiveEntity(
        uid,
        this,
        this.relevance.sources.routes.get(uid.type),
        this.store.get(uid),
        given?.given,
        this.#vouched.get(uid.key),
      );
      this.#entities.set(uid.key, entity);
    }
    return entity;
  }

  /** Every entity that was looked at and that a source may have a say in. */
  entities(): Iterable<LiveEntity> {
    return this.#entities.values();
  }

  /** Whether an entity was looked at and a source may have a say in it. */
  hasLooked(uid: EntityUid): boolean {
    return this.#entities.has(uid.key);
  }

  /** What a context source vouches for; before anything is looked at. */
  vouch(uid: EntityUid, vouched: Vouched): void {
    this.#vouched.set(uid.key, vouched);
  }

  noteUnknown(): void {
    this.tookUnknown = true;
  }

  /** How old a piece may be; undefined where nobody says, so that only what this request asked for will do. */
  limitOf(source: LiveSource, type: string, piece: Piece): number | undefined {
    const set = source.maxAgeOf(type, typeof piece === "string" ? null : piece.attribute);
    const { maxAgeMs } = this.demand;
    if (set === undefined || maxAgeMs === undefined) return set ?? maxAgeMs;
    return Math.min(set, maxAgeMs);
  }

  isFresh(part: Part, source: LiveSource, type: string, piece: Piece): boolean {
    if (part.stale) {
      this.tookStale = true;
      return true;
    }
    const limit = this.limitOf(source, type, piece);
    return limit === undefined ? this.#asked?.has(part) === true : this.demand.at - part.askedAt <= limit;
  }

  kept(source: LiveSource, uid: EntityUid, piece: Piece): Part | undefined {
    const limit = this.limitOf(source, uid.type, piece);
    if (limit === undefined) return undefined;
    const wanted = this.relevance.wanted(source, uid.type, piece === "parents", piece === "tags");
    return source.kept(uid.type, uid.id, wanted, limit, this.demand);
  }

  put(entity: LiveEntity, source: LiveSource, part: Part): void {
    this.#asked ??= new Set();
    this.#asked.add(part);
    entity.put(source, part);
    this.version++;
  }

  /** Who owns parents of entities of a type, and parents of which types. */
  parentOwners(type: string): ReadonlyMap<LiveSource, readonly string[]> {
    return this.relevance.parentOwners(type);
  }

  /**
   * Whether an entity is in another, level by level. Ancestors of types that can't lead there are not looked at.
   *
   * @param blocking whether to remember whose parents would have to be known
   */
  isIn(entity: LiveEntity, ancestor: EntityUid, blocking: boolean): boolean | Unknown {
    if (!this.#leads(entity.uid.type, ancestor.type)) return false;
    let unknown = false;
    for (const step of this.#climb(entity, (type) => this.#leads(type, ancestor.type))) {
      if (step.parent?.equals(ancestor)) return true;
      if (step.open === undefined) continue;
      unknown = true;
      if (blocking) entity.block(step.open);
    }
    return unknown ? UNKNOWN : false;
  }

  ancestors(entity: LiveEntity): EntityUid[] {
    const found = new Map<string, EntityUid>();
    for (const { parent, open } of this.#climb(entity, () => true)) {
      if (parent !== undefined) found.set(parent.key, parent);
      if (open !== undefined) this.noteUnknown();
    }
    return [...found.values()];
  }

  /** All ancestors where all are known; where not, it is remembered whose parents would have to be. */
  knownAncestors(entity: LiveEntity): EntityUid[] | Unknown {
    const found = new Map<string, EntityUid>();
    let unknown = false;
    for (const { parent, open } of this.#climb(entity, () => true)) {
      if (parent !== undefined) found.set(parent.key, parent);
      if (open === undefined) continue;
      unknown = true;
      entity.block(open);
    }
    return unknown ? UNKNOWN : [...found.values()];
  }

  #partial(uid: EntityUid): ReturnType<PartialEntities["get"]> {
    if (!this.#isLive(uid)) return this.resolved.entities.get(uid);
    const entity = this.entity(uid);
    return entity.isAbsent() ? undefined : entity.partial;
  }

  #isLive(uid: EntityUid): boolean {
    return this.relevance.sources.isLive(uid.type) || this.#vouched.has(uid.key);
  }

  #leads(type: string, ancestor: string): boolean {
    return this.relevance.sources.reaches(type, ancestor);
  }

  /** Every parent on the way up, each once, and every entity on it of whose parents some aren't known. */
  *#climb(
    from: LiveEntity,
    isOfInterest: (type: string) => boolean,
  ): Iterable<{ readonly parent?: EntityUid; readonly open?: LiveEntity }> {
    const seen = new Set([from.uid.key]);
    const level: LiveEntity[] = [from];
    for (let at = level.pop(); at !== undefined; at = level.pop()) {
      const { known, open } = at.parents();
      if (open.length > 0) yield { open: at };
      for (const parent of known) {
        if (parent.equals(from.uid)) this.#failCycle(from, at);
        if (seen.has(parent.key)) continue;
        seen.add(parent.key);
        yield { parent };
        if (!isOfInterest(parent.type)) continue;
        if (this.#isLive(parent)) level.push(this.entity(parent));
        else for (const ancestor of this.#closed(parent, seen)) yield { parent: ancestor };
      }
    }
  }

  /** Ancestors that only the project's files have a say in, which are closed already. */
  *#closed(uid: EntityUid, seen: Set<string>): Iterable<EntityUid> {
    for (const ancestor of this.store.get(uid)?.ancestors() ?? []) {
      if (seen.has(ancestor.key)) continue;
      seen.add(ancestor.key);
      yield ancestor;
    }
  }

  /** Cedar has no cycles. Whose data closes one is as good as failed. */
  #failCycle(entity: LiveEntity, through: LiveEntity): void {
    for (const [source] of this.parentOwners(through.uid.type)) {
      if (entity.failures.has(source)) continue;
      const message = `\`${entity.uid}\` is its own ancestor, by way of \`${through.uid}\``;
      entity.fail(source, new SourceError("source_malformed", source.name, message, "mend the data"));
    }
  }
}
