import type { Credentials, EntityUid, ResolvedSchema, Value } from "@cordon/engine";
import type { FetchedEntity, ProvidedType } from "./source.js";
import { SourceError } from "./source-error.js";
import type { SourceOptions } from "./source-options.js";

/** A request, as far as a context source may look at it. */
export interface ContextRequest {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  /** Empty where none came along. */
  readonly credentials: Credentials;
  /** Members of the context that a policy may read: what else a source could give is not asked for. */
  readonly needed: ReadonlySet<string>;
  /** The moment of the decision. */
  readonly now: Date;
  /** How old an answer the caller takes, in milliseconds, where it says so. */
  readonly maxAgeMs?: number;
  /** Who asks, as the decision log names it. */
  readonly caller: string;
}

/** What a context source vouches for. */
export interface Contribution {
  /** Members of the context; one that isn't here is absent. */
  readonly members: ReadonlyMap<string, Value>;
  /** What it knows of entities, mostly of the principal: takes the place of what anybody else says. */
  readonly entities?: readonly { readonly uid: EntityUid; readonly entity: FetchedEntity }[];
  /** When what it says was true, in milliseconds since 1970; now where it isn't said. */
  readonly obtainedAt?: number;
  /** Older than wanted, because nothing newer could be had. */
  readonly stale?: boolean;
  /** The request is denied with this reason, whatever the policies say. */
  readonly refusal?: { readonly code: "identity_unverified"; readonly message: string };
}

/**
 * Where members of the context come from that derive from the credentials of a request: a token, an address, a
 * device. Callers can't set those members. Its name stands in the log and in errors.
 */
export interface ContextSource {
  readonly name: string;
  readonly kind: string;
  /** Members of the context that it alone sets. */
  readonly members: ReadonlySet<string>;
  /**
   * Entity types it vouches for, and what it owns of each: a principal of such a type is asked about even where
   * no policy reads a member.
   */
  readonly vouchesFor: ReadonlyMap<string, ProvidedType>;
  readonly options?: SourceOptions;
  /**
   * Called once a request. Answers without a promise where it can: then the decision takes no asynchronous hop.
   *
   * @throws SourceError where it can't tell; a policy that reads its members is then not evaluated
   */
  contribute(request: ContextRequest, signal: AbortSignal): Contribution | Promise<Contribution>;
  close(): Promise<void>;
}

/** What a kind of source is opened with. */
export interface SourceEnvironment {
  readonly name: string;
  /** The project's folder, from which relative paths start. */
  readonly directory: string;
  /** Null where the project has none. */
  readonly schema: ResolvedSchema | null;
  readonly logger: SourceLogger | undefined;
  /** The file of the project's store, for sources that keep something themselves. */
  readonly storePath?: string | undefined;
  /**
   * Asks the other sources of the project about an entity. Null where there is none. Not before the first request:
   * sources are opened one after another.
   *
   * @throws SourceError
   */
  readonly ask?: (
    question: EntityQuestion,
    signal: AbortSignal,
  ) => EntityAnswer | null | Promise<EntityAnswer | null>;
}

/** Where there are no other sources, as when settings are looked at and nothing more: the first question fails. */
export function askNobody(source: string): NonNullable<SourceEnvironment["ask"]> {
  return () => {
    const message = "there are no other sources to ask";
    throw new SourceError("source_settings", source, message, "declare one that provides what it needs");
  };
}

/** What one source wants to know of an entity that another provides. */
export interface EntityQuestion {
  readonly type: string;
  readonly id: string;
  readonly attributes: ReadonlySet<string>;
  /** How old the answer may be, in milliseconds, where the caller of the request says so. */
  readonly maxAgeMs?: number | undefined;
}

export interface EntityAnswer {
  readonly attrs: ReadonlyMap<string, Value>;
  /** When it was true, in milliseconds since 1970. */
  readonly obtainedAt: number;
  readonly stale: boolean;
}

export interface SourceLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
