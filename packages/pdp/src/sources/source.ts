import type { EntityUid, Value } from "@cordon/engine";
import type { RowPredicate } from "@cordon/planner";
import type { ScimDirectory } from "../scim/directory.js";
import type { SourceError } from "./source-error.js";
import type { SourceOptions } from "./source-options.js";

/** A batch of entities of one type, asked of one source. */
export interface FetchRequest {
  readonly type: string;
  /** Distinct. */
  readonly ids: readonly string[];
  /** Which attributes matter; a source may give more. */
  readonly attributes: ReadonlySet<string>;
  /** Whether parents matter. Where they don't, a source may leave them out. */
  readonly parents: boolean;
  /** Whether tags matter. */
  readonly tags: boolean;
}

/** An entity as a source knows it: direct parents only. */
export interface FetchedEntity {
  /** An attribute that was asked for and isn't here is absent. */
  readonly attrs: ReadonlyMap<string, Value>;
  readonly tags?: ReadonlyMap<string, Value>;
  readonly parents: readonly EntityUid[];
}

/**
 * What a batch gave, by id. An id that isn't here doesn't exist. An error in the place of an entity concerns
 * that entity alone: the source has it, but not as it should be.
 */
export type FetchResult = ReadonlyMap<string, FetchedEntity | SourceError>;

/** The next of all entities of a type, in an order of the source's own that doesn't change. */
export interface ListRequest {
  readonly type: string;
  /** The id to go on after, whether or not it is still there; null: from the beginning. */
  readonly after: string | null;
  /** At least 1. */
  readonly limit: number;
  /** Which of them are wanted: a source may leave out the others, and none of these. */
  readonly filter?: ListFilter;
}

export interface ListFilter {
  readonly predicate: RowPredicate;
  /** Types that no source has a say in. */
  isStatic(type: string): boolean;
}

export interface Listed {
  /** Distinct. Fewer than asked for: there are no more. */
  readonly ids: readonly string[];
  /** Whether the filter holds for each. */
  readonly filtered: boolean;
}

/**
 * Where attributes and parents of entity types come from, live. A source does one thing: fetch. Time limits,
 * retries, caching, single flight and batching are decorators around it.
 */
export interface Source {
  /** The name it has in `cordon.yaml`: what the log and errors call it. */
  readonly name: string;
  readonly kind: string;
  /** Which entity types it knows, and of each, which attributes it owns. */
  readonly provides: ReadonlyMap<string, ProvidedType>;
  /** How it wants to be asked. What `cordon.yaml` says of a declared source takes the place of this. */
  readonly options?: SourceOptions;
  /**
   * Fetches a batch. The promise settles soon after the signal aborts; whoever asked has left by then.
   *
   * @throws SourceError where the answer can't be had whole: never a part of it as if it were all
   */
  fetch(request: FetchRequest, signal: AbortSignal): Promise<FetchResult>;
  /** Types of which it can say which entities there are; without it, none. */
  readonly lists?: ReadonlySet<string>;
  /**
   * Lists entities of such a type. An entity that is there all the while is met exactly once on the way from the
   * beginning to the end, whatever comes and goes meanwhile.
   *
   * @throws SourceError
   */
  list?(request: ListRequest, signal: AbortSignal): Promise<Listed>;
  /**
   * Tells of changes that make what was fetched before stale; returns the end of telling. Where changes may
   * have been missed, for instance after a lost connection, tell of everything: `{}`.
   */
  watch?(changed: (change: SourceChange) => void): Promise<() => Promise<void>>;
  /**
   * What of its settings doesn't fit what lies behind it, for `cordon sources check`: found out without anybody's
   * data, and an error for whatever can't be found out.
   */
  check?(signal: AbortSignal): Promise<readonly SourceError[]>;
  /** Where pushes of an identity provider go; a project has one source that takes any. */
  readonly provisioning?: ScimDirectory;
  close(): Promise<void>;
}

export interface ProvidedType {
  readonly attributes: ReadonlySet<string>;
  readonly tags: boolean;
  /** Types of the parents that it knows. */
  readonly parents: ReadonlySet<string>;
}

/** What changed: one entity, all of a type, or (both absent) anything. */
export interface SourceChange {
  readonly type?: string;
  readonly id?: string;
}
