import type { FetchedEntity, SourceChange } from "../source.js";

/** What is asked of an entity: the same for a whole batch. */
export interface Wanted {
  readonly attributes: ReadonlySet<string>;
  readonly parents: boolean;
  readonly tags: boolean;
}

/** One answer of a source about one entity. */
export interface Part {
  /** Null: there is no such entity. */
  readonly entity: FetchedEntity | null;
  readonly wanted: Wanted;
  /** When it was asked, on the clock that ages are measured by, in milliseconds: what it says is not older. */
  readonly askedAt: number;
  /** The same in milliseconds since 1970, for people. */
  readonly askedAtTime: number;
  /** Older than it should be, because nothing newer could be had. */
  readonly stale: boolean;
}

export function covers(has: Wanted, wanted: Wanted): boolean {
  if ((wanted.parents && !has.parents) || (wanted.tags && !has.tags)) return false;
  if (has.attributes === wanted.attributes) return true;
  for (const name of wanted.attributes) if (!has.attributes.has(name)) return false;
  return true;
}

export function isConcerned({ type, id }: SourceChange, ofType: string, ofId: string): boolean {
  return (type === undefined || type === ofType) && (id === undefined || id === ofId);
}
