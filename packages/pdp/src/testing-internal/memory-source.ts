import { setTimeout as sleep } from "node:timers/promises";
import { EntityUid, type Value } from "@cordon/engine";
import {
  type FetchedEntity,
  type FetchRequest,
  type ProvidedType,
  type Source,
  type SourceChange,
  SourceError,
  type SourceOptions,
} from "../sources/index.js";

export interface MemoryEntity {
  readonly attrs?: Readonly<Record<string, Value>>;
  readonly tags?: Readonly<Record<string, Value>>;
  /** `Group::"staff"` as `["Group", "staff"]`. */
  readonly parents?: readonly (readonly [string, string])[];
}

/** What a type is given as: names of attributes, types of parents, whether tags. */
export interface MemoryType {
  readonly attributes?: readonly string[];
  readonly parents?: readonly string[];
  readonly tags?: boolean;
}

/** A source over a map, which counts what it is asked and fails on demand. */
export class MemorySource implements Source {
  readonly kind = "memory";
  readonly provides: ReadonlyMap<string, ProvidedType>;
  readonly data = new Map<string, MemoryEntity>();
  /** Every question asked. */
  readonly asked: FetchRequest[] = [];
  delayMs = 0;
  /** Called before each answer; what it throws is the answer. */
  onFetch: ((request: FetchRequest, signal: AbortSignal) => Promise<void> | void) | undefined;
  closed = 0;
  #changed: ((change: SourceChange) => void) | undefined;

  constructor(
    readonly name: string,
    types: Readonly<Record<string, MemoryType>>,
    readonly options: SourceOptions = {},
  ) {
    this.provides = new Map(
      Object.entries(types).map(([type, { attributes = [], parents = [], tags = false }]) => [
        type,
        { attributes: new Set(attributes), parents: new Set(parents), tags },
      ]),
    );
  }

  put(type: string, id: string, entity: MemoryEntity): this {
    this.data.set(EntityUid.of(type, id).key, entity);
    return this;
  }

  remove(type: string, id: string): void {
    this.data.delete(EntityUid.of(type, id).key);
  }

  /** Fails every question from now on; `undefined` ends that. */
  failWith(error: Error | undefined): void {
    this.onFetch =
      error === undefined
        ? undefined
        : () => {
            throw error;
          };
  }

  down(): SourceError {
    return new SourceError("source_unreachable", this.name, "it can't be reached", "start it");
  }

  async fetch(request: FetchRequest, signal: AbortSignal): Promise<ReadonlyMap<string, FetchedEntity>> {
    this.asked.push(request);
    if (this.delayMs > 0) await sleep(this.delayMs, undefined, { signal });
    const found = new Map<string, FetchedEntity>();
    for (const id of request.ids) {
      const entity = this.data.get(EntityUid.of(request.type, id).key);
      if (entity !== undefined) found.set(id, fetched(entity, request));
    }
    await this.onFetch?.(request, signal);
    return found;
  }

  async watch(changed: (change: SourceChange) => void): Promise<() => Promise<void>> {
    this.#changed = changed;
    return async () => {
      this.#changed = undefined;
    };
  }

  /** Tells of a change. */
  tell(change: SourceChange): void {
    this.#changed?.(change);
  }

  /** Whether somebody listens. */
  get isWatched(): boolean {
    return this.#changed !== undefined;
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

function fetched(entity: MemoryEntity, request: FetchRequest): FetchedEntity {
  const attrs = Object.entries(entity.attrs ?? {}).filter(([name]) => request.attributes.has(name));
  return {
    attrs: new Map(attrs),
    ...(request.tags ? { tags: new Map(Object.entries(entity.tags ?? {})) } : {}),
    parents: request.parents ? (entity.parents ?? []).map(([type, id]) => EntityUid.of(type, id)) : [],
  };
}
