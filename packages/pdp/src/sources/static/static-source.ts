import { CedarRecord, type EntityData, type ResolvedSchema, type Value } from "@cordon/engine";
import type { SourceLogger } from "../context-source.js";
import { idsAfter } from "../sorted-ids.js";
import type {
  FetchedEntity,
  FetchRequest,
  FetchResult,
  Listed,
  ListRequest,
  ProvidedType,
  Source,
  SourceChange,
} from "../source.js";
import { SourceError } from "../source-error.js";
import { type EntitySet, readEntities, stampOf, UnusableFiles } from "./entity-files.js";

export interface StaticSourceOptions {
  readonly name: string;
  /** Absolute paths of files and folders. */
  readonly paths: readonly string[];
  readonly schema: ResolvedSchema | null;
  readonly logger: SourceLogger | undefined;
  /** Types that come from the files; those they have where it is empty. */
  readonly types: readonly string[];
}

/** How often files are looked at for whoever wants to hear of changes. */
const LOOK_EVERY_MS = 200;

/**
 * Entities in files. Files that changed count from the next question on, all of them or, where any of them can't be
 * used, none: what they said before then stays.
 */
export class StaticSource implements Source {
  readonly name: string;
  readonly kind = "static";
  readonly provides: ReadonlyMap<string, ProvidedType>;
  readonly #options: StaticSourceOptions;
  readonly #watchers = new Set<(change: SourceChange) => void>();
  #current: EntitySet;
  #refused: string | undefined;
  #reading: Promise<void> | undefined;
  #closed = false;

  private constructor(options: StaticSourceOptions, read: EntitySet) {
    this.#options = options;
    this.#current = read;
    this.name = options.name;
    const types = options.types.length > 0 ? options.types : [...read.entities.keys()];
    this.provides = new Map(types.map((type) => [type, providedBy(type, read, options.schema)]));
  }

  /** @throws SourceError `source_settings` for files that can't be used */
  static async open(options: StaticSourceOptions): Promise<StaticSource> {
    try {
      const source = new StaticSource(options, await readEntities(options.paths, options.schema));
      source.#expectKnown(source.#current);
      return source;
    } catch (error) {
      if (!(error instanceof UnusableFiles)) throw error;
      throw new SourceError("source_settings", options.name, error.message, "see `files` of the source");
    }
  }

  async fetch({ type, ids }: FetchRequest, signal: AbortSignal): Promise<FetchResult> {
    if (this.#closed) throw new SourceError("source_closed", this.name, "it was closed", "ask again");
    await this.#refresh();
    const found = new Map<string, FetchedEntity>();
    if (signal.aborted || !this.provides.has(type)) return found;
    const ofType = this.#current.entities.get(type);
    for (const id of ids) {
      const entity = ofType?.get(id);
      if (entity !== undefined) found.set(id, fetched(entity));
    }
    return found;
  }

  get lists(): ReadonlySet<string> {
    return new Set(this.provides.keys());
  }

  async list({ type, after, limit }: ListRequest): Promise<Listed> {
    if (this.#closed) throw new SourceError("source_closed", this.name, "it was closed", "ask again");
    await this.#refresh();
    const ids = [...(this.#current.entities.get(type)?.keys() ?? [])].sort();
    return { ids: idsAfter(ids, after, limit), filtered: false };
  }

  async watch(changed: (change: SourceChange) => void): Promise<() => Promise<void>> {
    this.#watchers.add(changed);
    const timer = setInterval(() => void this.#refresh(), LOOK_EVERY_MS);
    timer.unref();
    return async () => {
      clearInterval(timer);
      this.#watchers.delete(changed);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watchers.clear();
  }

  /** Who asks while the files are read waits for that reading. */
  #refresh(): Promise<void> {
    this.#reading ??= this.#readAgain().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readAgain(): Promise<void> {
    const { paths, schema, logger } = this.#options;
    let looksLike: string | undefined;
    try {
      const stamp = await stampOf(paths);
      looksLike = stamp.text;
      if (stamp.text === this.#current.stamp.text && !this.#current.stamp.fresh) return;
      if (stamp.text === this.#refused && !stamp.fresh) return;
      const read = await readEntities(paths, schema);
      this.#expectKnown(read);
      this.#current = read;
      this.#refused = undefined;
      for (const changed of this.#watchers) changed({});
    } catch (error) {
      if (!(error instanceof UnusableFiles)) throw error;
      if (this.#refused === (looksLike ?? "")) return;
      this.#refused = looksLike ?? "";
      const fields = { source: this.name, reason: error.message };
      logger?.error(fields, "files of a source can't be used; what they said before stays");
    }
  }

  /** Requests are sent here by type, so a type that nobody asks for here must not be here. */
  #expectKnown({ entities }: EntitySet): void {
    const stray = [...entities.keys()].find((type) => !this.provides.has(type));
    if (stray !== undefined)
      throw new UnusableFiles(`there are entities of type \`${stray}\`, which the source doesn't have`);
  }
}

function providedBy(type: string, { entities }: EntitySet, schema: ResolvedSchema | null): ProvidedType {
  const declared =
    schema !== null && Object.hasOwn(schema.entityTypes, type) ? schema.entityTypes[type] : undefined;
  if (declared !== undefined) {
    const { attributes, memberOfTypes, tags } = declared;
    return {
      attributes: new Set(Object.keys(attributes)),
      parents: new Set(memberOfTypes),
      tags: tags !== undefined,
    };
  }
  const all = [...(entities.get(type)?.values() ?? [])];
  return {
    attributes: new Set(all.flatMap(({ attrs }) => [...members(attrs).keys()])),
    parents: new Set(all.flatMap(({ parents = [] }) => parents.map((parent) => parent.type))),
    tags: true,
  };
}

function fetched({ attrs, tags, parents = [] }: EntityData): FetchedEntity {
  return { attrs: members(attrs), tags: members(tags), parents };
}

function members(given: EntityData["attrs"]): ReadonlyMap<string, Value> {
  if (given === undefined) return new Map();
  return given instanceof CedarRecord ? new Map(given) : given;
}
