import {
  CedarRecord,
  type Entity,
  type EntityUid,
  type PartialEntity,
  UNKNOWN,
  type Unknown,
  type Value,
} from "@cordon/engine";
import type { EntityRecord } from "../../log/index.js";
import {
  type FetchedEntity,
  type LiveContext,
  type LiveSource,
  type Part,
  type ProvidedType,
  precedenceOf,
  type SourceError,
  type TypeRoute,
} from "../../sources/index.js";
import type { TracedEntity } from "../recording.js";
import type { LiveView } from "./live-view.js";

/** What is asked of a source at a time: an attribute by its name, parents, or tags. */
export type Piece = { readonly attribute: string } | "parents" | "tags";

/** What a context source vouches for of an entity. */
export interface Vouched {
  readonly context: LiveContext;
  readonly owned: ProvidedType;
  readonly entity: FetchedEntity;
}

interface Known {
  values?: Part;
  parents?: Part;
  tags?: Part;
}

/**
 * One entity as a request sees it, from everything that is known of it so far: what sources said, what the caller
 * gave, and what lies in the project's files.
 */
export class LiveEntity {
  #known: Map<LiveSource, Known> | undefined;
  #failures: Map<LiveSource, SourceError> | undefined;
  #blockers: Map<string, LiveEntity> | undefined;
  #partial: PartialEntity | undefined;
  #absent = false;
  #absentAt = -1;
  readonly whole: Entity;

  constructor(
    readonly uid: EntityUid,
    readonly view: LiveView,
    readonly route: TypeRoute | undefined,
    readonly inFiles: Entity | undefined,
    readonly given: ReadonlyMap<string, Value> | undefined,
    readonly vouched: Vouched | undefined,
  ) {
    this.whole = new AsKnown(this);
  }

  get partial(): PartialEntity {
    this.#partial ??= new PartlyKnown(this);
    return this.#partial;
  }

  get failures(): ReadonlyMap<LiveSource, SourceError> {
    return this.#failures ?? NONE;
  }

  /** Notes an ancestor whose own parents must be known before it can be told what this entity is in. */
  block(by: LiveEntity): void {
    this.#blockers ??= new Map();
    this.#blockers.set(by.uid.key, by);
  }

  /** Those noted since this was last asked. */
  takeBlockers(): LiveEntity[] {
    const blockers = [...(this.#blockers?.values() ?? [])];
    this.#blockers = undefined;
    return blockers;
  }

  put(source: LiveSource, part: Part): void {
    const known = this.#knownOf(source);
    known.values = part;
    if (part.wanted.parents) known.parents = part;
    if (part.wanted.tags) known.tags = part;
  }

  fail(source: LiveSource, error: SourceError): void {
    this.#failures ??= new Map();
    this.#failures.set(source, error);
  }

  /** What a source said, where it is known and fresh enough for this piece. */
  part(source: LiveSource, piece: Piece): Part | undefined {
    const slot = slotOf(piece);
    const had = this.#known?.get(source)?.[slot];
    if (had !== undefined && this.view.isFresh(had, source, this.uid.type, piece)) return had;
    const kept = this.view.kept(source, this.uid, piece);
    if (kept !== undefined) this.#knownOf(source)[slot] = kept;
    return kept;
  }

  attribute(name: string): Value | undefined | Unknown {
    if (this.vouched?.owned.attributes.has(name)) return this.vouched.entity.attrs.get(name);
    const owner = this.route?.attributes.get(name);
    if (owner === undefined) return this.given?.get(name) ?? this.inFiles?.attrs.get(name);
    for (const origin of precedenceOf(owner, this.uid.type)) {
      if (origin === "source") {
        const part = this.part(owner, { attribute: name });
        return part === undefined ? UNKNOWN : part.entity?.attrs.get(name);
      }
      const value = origin === "caller" ? this.given?.get(name) : this.inFiles?.attrs.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  tag(name: string): Value | undefined | Unknown {
    const all = this.tags();
    return all === UNKNOWN ? UNKNOWN : all.get(name);
  }

  tags(): CedarRecord | Unknown {
    if (this.vouched?.owned.tags) return new CedarRecord(this.vouched.entity.tags ?? new Map());
    const owner = this.route?.tags;
    if (owner === undefined) return this.inFiles?.tags ?? CedarRecord.EMPTY;
    const part = this.part(owner, "tags");
    if (part === undefined) return UNKNOWN;
    return part.entity?.tags === undefined ? CedarRecord.EMPTY : new CedarRecord(part.entity.tags);
  }

  /** Direct parents as far as they are known, and who would have to say the rest. */
  parents(): { readonly known: readonly EntityUid[]; readonly open: readonly LiveSource[] } {
    const { route, inFiles, vouched } = this;
    const ofVouched = vouched?.entity.parents.filter(({ type }) => vouched.owned.parents.has(type)) ?? [];
    const inFile = inFiles?.parents ?? [];
    if (route === undefined && vouched === undefined) return { known: inFile, open: [] };
    const isOwned = (type: string): boolean =>
      route?.parents.has(type) === true || vouched?.owned.parents.has(type) === true;
    const known = [...ofVouched, ...inFile.filter(({ type }) => !isOwned(type))];
    const open: LiveSource[] = [];
    for (const [source, types] of this.view.parentOwners(this.uid.type)) {
      const rest = types.filter((type) => vouched?.owned.parents.has(type) !== true);
      if (rest.length === 0) continue;
      const part = this.part(source, "parents");
      if (part === undefined) open.push(source);
      else known.push(...(part.entity?.parents.filter(({ type }) => rest.includes(type)) ?? []));
    }
    return { known, open };
  }

  /**
   * Whether there is no such entity, as far as everybody who could know it has said so. One evaluation gets one
   * answer, whatever is looked up in its course.
   */
  isAbsent(): boolean {
    if (this.#absentAt !== this.view.version) {
      this.#absentAt = this.view.version;
      this.#absent = this.#looksAbsent();
    }
    return this.#absent;
  }

  #looksAbsent(): boolean {
    if (this.inFiles !== undefined || this.given !== undefined || this.vouched !== undefined) return false;
    for (const source of this.route?.sources ?? []) {
      const said = this.#known?.get(source)?.values ?? this.#known?.get(source)?.parents;
      if (said === undefined || said.entity !== null) return false;
    }
    return true;
  }

  /** What each source said that said anything. */
  *said(): Iterable<readonly [LiveSource, Part]> {
    for (const [source, { values, parents, tags }] of this.#known ?? NONE) {
      const part = values ?? parents ?? tags;
      if (part !== undefined) yield [source, part];
    }
  }

  /**
   * Every attribute that is known. Returns whether there are others that aren't.
   *
   * @param attrs where to put them
   */
  gather(attrs: Map<string, Value>): boolean {
    let isPartial = false;
    const take = (name: string): void => {
      const value = this.attribute(name);
      if (value === UNKNOWN) isPartial = true;
      else if (value !== undefined) attrs.set(name, value);
    };
    for (const name of this.inFiles?.attrs.keys() ?? []) take(name);
    for (const name of this.given?.keys() ?? []) take(name);
    for (const name of this.vouched?.entity.attrs.keys() ?? []) take(name);
    if (this.route !== undefined) {
      for (const name of this.view.relevance.mentioned(this.uid.type, this.route)) take(name);
    }
    return isPartial;
  }

  /** Where an attribute that is known came from: `caller`, `static`, or the name of a source. */
  originOf(name: string): string {
    if (this.vouched?.owned.attributes.has(name)) return this.vouched.context.name;
    const owner = this.route?.attributes.get(name);
    const order = owner === undefined ? (["caller", "static"] as const) : precedenceOf(owner, this.uid.type);
    for (const origin of order) {
      if (origin === "source") return owner?.name ?? "";
      if (origin === "caller" && this.given?.has(name)) return "caller";
    }
    return "static";
  }

  #knownOf(source: LiveSource): Known {
    this.#known ??= new Map();
    let known = this.#known.get(source);
    if (known === undefined) {
      known = {};
      this.#known.set(source, known);
    }
    return known;
  }
}

const NONE: ReadonlyMap<LiveSource, never> = new Map<LiveSource, never>();

function slotOf(piece: Piece): keyof Known {
  return typeof piece === "string" ? piece : "values";
}

/** For partial evaluation: says of what is not known that it isn't. */
class PartlyKnown implements PartialEntity {
  readonly partial = true;
  readonly uid: EntityUid;

  constructor(private readonly live: LiveEntity) {
    this.uid = live.uid;
  }

  attribute(name: string): Value | undefined | Unknown {
    return this.live.attribute(name);
  }

  tag(name: string): Value | undefined | Unknown {
    return this.live.tag(name);
  }

  isIn(uid: EntityUid): boolean | Unknown {
    return this.live.view.isIn(this.live, uid, true);
  }

  ancestors(): Iterable<EntityUid> | Unknown {
    return this.live.view.knownAncestors(this.live);
  }
}

/** For evaluation: takes what is not known for absent, and tells the view that it did. */
class AsKnown implements TracedEntity {
  readonly uid: EntityUid;
  #attrs: CedarRecord = CedarRecord.EMPTY;
  /** The version of the view that the attributes were put together from. */
  #version = -1;
  #isPartial = false;

  constructor(private readonly live: LiveEntity) {
    this.uid = live.uid;
  }

  get attrs(): CedarRecord {
    if (this.#version !== this.live.view.version) this.#gather();
    if (this.#isPartial) this.live.view.noteUnknown();
    return this.#attrs;
  }

  #gather(): void {
    const attrs = new Map<string, Value>();
    this.#isPartial = this.live.gather(attrs);
    this.#attrs = new CedarRecord(attrs);
    this.#version = this.live.view.version;
  }

  get tags(): CedarRecord {
    const tags = this.live.tags();
    if (tags !== UNKNOWN) return tags;
    this.live.view.noteUnknown();
    return CedarRecord.EMPTY;
  }

  get parents(): readonly EntityUid[] {
    const { known, open } = this.live.parents();
    if (open.length > 0) this.live.view.noteUnknown();
    return known;
  }

  ancestors(): Iterable<EntityUid> {
    return this.live.view.ancestors(this.live);
  }

  originOf(attribute: string): string {
    return this.live.originOf(attribute);
  }

  fetched(): EntityRecord["fetched"] {
    const { demand } = this.live.view;
    const fetched: NonNullable<EntityRecord["fetched"]> = {};
    for (const [source, { askedAt, askedAtTime, stale }] of this.live.said()) {
      fetched[source.name] = {
        at: new Date(askedAtTime).toISOString(),
        ageMs: Math.max(0, Math.round(demand.at - askedAt)),
        ...(stale ? { stale } : {}),
      };
    }
    return Object.keys(fetched).length === 0 ? undefined : fetched;
  }

  isIn(uid: EntityUid): boolean {
    const known = this.live.view.isIn(this.live, uid, false);
    if (known === UNKNOWN) this.live.view.noteUnknown();
    return known === true;
  }
}
