import {
  CedarRecord,
  CedarSet,
  type CedarValueJson,
  Datetime,
  Decimal,
  Duration,
  decodeUid,
  decodeValue,
  EngineError,
  EntityUid,
  IpAddr,
  parseEntityUid,
  type Value,
} from "@cordon/engine";
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
import type { SourceOptions } from "../source-options.js";
import { DataMismatch } from "../strict-json.js";

/** An entity as a function gives it. */
export interface CustomEntity {
  /**
   * Values of Cedar, or what stands for them: text, booleans, integers, lists for sets, objects for records, a
   * `Date` for a datetime, and Cedar's JSON. Null and undefined are absent.
   */
  readonly attrs?: Readonly<Record<string, unknown>> | undefined;
  /** `Group::"staff"`, `{ type, id }`, or an EntityUid. */
  readonly parents?:
    | readonly (string | EntityUid | { readonly type: string; readonly id: string })[]
    | undefined;
  readonly tags?: Readonly<Record<string, unknown>> | undefined;
}

export type CustomEntities =
  | ReadonlyMap<string, CustomEntity | null | undefined>
  | Readonly<Record<string, CustomEntity | null | undefined>>;

export interface CustomSourceOptions {
  /** What the log and errors call it. */
  readonly name: string;
  /** Entity types it knows, and of each the attributes that it owns, the types of parents, and whether it has tags. */
  readonly types: Readonly<
    Record<
      string,
      {
        readonly attributes?: readonly string[];
        readonly parents?: readonly string[];
        readonly tags?: boolean;
      }
    >
  >;
  /**
   * Fetches a batch: entities by id, of which those that don't exist are left out. What it throws denies whatever
   * needs the answer.
   */
  fetch(request: FetchRequest, signal: AbortSignal): Promise<CustomEntities> | CustomEntities;
  /**
   * Lists ids of entities of a type, so that a search can go through them: in an order that doesn't change, `limit`
   * of them where there are as many after `after`, and all there are where not.
   */
  list?(
    request: Pick<ListRequest, "type" | "after" | "limit">,
    signal: AbortSignal,
  ): Promise<readonly string[]> | readonly string[];
  /** Tells of changes; returns the end of telling. */
  watch?(changed: (change: SourceChange) => void): Promise<() => Promise<void>>;
  close?(): Promise<void>;
  /** How it is asked: time limit, retries, age of answers. */
  readonly options?: SourceOptions;
}

/** A source that is a function of the application, for `openProject(dir, { sources: [custom({ … })] })`. */
export function custom(options: CustomSourceOptions): Source {
  const { watch } = options;
  const source = options.list === undefined ? new CustomSource(options) : new ListingSource(options);
  return watch === undefined ? source : Object.assign(source, { watch: watch.bind(options) });
}

class CustomSource implements Source {
  readonly name: string;
  readonly kind = "custom";
  readonly provides: ReadonlyMap<string, ProvidedType>;
  readonly options: SourceOptions;
  readonly #given: CustomSourceOptions;
  readonly #closing = new AbortController();

  constructor(given: CustomSourceOptions) {
    this.#given = given;
    this.name = given.name;
    this.options = given.options ?? {};
    this.provides = new Map(
      Object.entries(given.types).map(([type, { attributes = [], parents = [], tags = false }]) => [
        type,
        { attributes: new Set(attributes), parents: new Set(parents), tags },
      ]),
    );
  }

  async fetch(request: FetchRequest, signal: AbortSignal): Promise<FetchResult> {
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    const given = await this.#asked(() => this.#given.fetch(request, ended), ended);
    const found = new Map<string, FetchedEntity | SourceError>();
    const read = reader(given);
    for (const id of request.ids) {
      const entity = read(id) ?? null;
      if (entity !== null) found.set(id, this.#read(request.type, id, entity));
    }
    return found;
  }

  /** What the function lists; it is of use where the application gave one. */
  protected async listed({ type, after, limit }: ListRequest, signal: AbortSignal): Promise<Listed> {
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    const list = this.#given.list?.bind(this.#given);
    const ids = await this.#asked(() => list?.({ type, after, limit }, ended) ?? [], ended);
    return { ids: ids.slice(0, limit), filtered: false };
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await this.#given.close?.();
  }

  /** A function that doesn't heed its signal can't hold anybody up. */
  #asked<T>(ask: () => Promise<T> | T, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(this.#ended());
      if (signal.aborted) return onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      Promise.resolve()
        .then(ask)
        .then(resolve, (error: unknown) => reject(this.#failure(error)))
        .finally(() => signal.removeEventListener("abort", onAbort));
    });
  }

  #ended(): SourceError {
    if (this.#closing.signal.aborted) return this.#error("source_closed", "it was closed", "ask again");
    const help = "see why it is slow, or set `timeoutMs` of the source higher";
    return this.#error("source_timeout", "it gave no answer while somebody waited for it", help);
  }

  /** Its own errors pass as they are; the words of others may hold anything. */
  #failure(error: unknown): SourceError {
    if (error instanceof SourceError) return error;
    const name = error instanceof Error ? error.constructor.name : typeof error;
    return this.#error("source_failed", `it threw \`${name}\``, "see what the function does");
  }

  #read(
    type: string,
    id: string,
    { attrs = {}, parents = [], tags = {} }: CustomEntity,
  ): FetchedEntity | SourceError {
    try {
      return { attrs: values(attrs), tags: values(tags), parents: parents.map(uidOf) };
    } catch (error) {
      if (!(error instanceof DataMismatch) && !(error instanceof EngineError)) throw error;
      const message = `\`${type}::${JSON.stringify(id)}\`: ${error.message}`;
      return this.#error("source_mismatch", message, "give values of Cedar, or what stands for them");
    }
  }

  #error(code: SourceError["code"], message: string, help: string): SourceError {
    return new SourceError(code, this.name, message, help);
  }
}

class ListingSource extends CustomSource {
  get lists(): ReadonlySet<string> {
    return new Set(this.provides.keys());
  }

  list(request: ListRequest, signal: AbortSignal): Promise<Listed> {
    return this.listed(request, signal);
  }
}

function reader(given: CustomEntities): (id: string) => CustomEntity | null | undefined {
  if (given instanceof Map) return (id) => given.get(id);
  const entities = given as Readonly<Record<string, CustomEntity | null | undefined>>;
  return (id) => (Object.hasOwn(entities, id) ? entities[id] : undefined);
}

function values(members: Readonly<Record<string, unknown>>): Map<string, Value> {
  const found = new Map<string, Value>();
  for (const [name, given] of Object.entries(members)) {
    const value = toValue(given, `\`${name}\``);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

const VALUES = [EntityUid, CedarSet, CedarRecord, Decimal, Datetime, Duration, IpAddr];

function toValue(given: unknown, what: string): Value | undefined {
  if (given === null || given === undefined) return undefined;
  if (VALUES.some((kind) => given instanceof kind)) return given as Value;
  if (given instanceof Date) return new Datetime(given.getTime());
  if (given instanceof Set) return toValue([...given], what);
  if (Array.isArray(given)) {
    return CedarSet.of(given.map((element) => toValue(element, what) ?? fail(what)));
  }
  if (typeof given === "object" && !("__entity" in given) && !("__extn" in given)) {
    return new CedarRecord(values(given as Readonly<Record<string, unknown>>));
  }
  try {
    return decodeValue(given as CedarValueJson);
  } catch (error) {
    if (error instanceof EngineError) throw new DataMismatch(`${what} is not a value of Cedar`);
    throw error;
  }
}

function uidOf(parent: string | EntityUid | { readonly type: string; readonly id: string }): EntityUid {
  if (parent instanceof EntityUid) return parent;
  return typeof parent === "string" ? parseEntityUid(parent) : decodeUid(parent);
}

function fail(what: string): never {
  throw new DataMismatch(`${what} has nothing in it where a value should be`);
}
