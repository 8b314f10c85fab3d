import type { ResolvedSchema } from "@cordon/engine";
import type { FetchedEntity, FetchRequest, FetchResult, Source } from "../../sources/source.js";
import { SourceError } from "../../sources/source-error.js";

/** A user as the contract puts it where the source reads. Null and absent are both no value. */
export interface ContractUser {
  readonly name: string;
  /** A Long: up to 2^63-1. */
  readonly level: number | bigint;
  readonly email?: string | null;
  /** The id of another `User`. */
  readonly boss?: string | null;
  /** RFC 3339. */
  readonly joined?: string | null;
  /** Ids of `Group`s. */
  readonly groups?: readonly string[];
}

/** A source with two entity types, `User` and `Group`, and hands on what lies behind it. */
export interface SourceUnderTest {
  readonly source: Source;
  putUser(id: string, user: ContractUser): Promise<void>;
  putGroup(id: string, parents?: readonly string[]): Promise<void>;
  removeUser(id: string): Promise<void>;
  /** Makes the stored level of a user something that is no Long; absent where what lies behind can't hold that. */
  spoilLevel?(id: string): Promise<void>;
  /** From now on no answer comes, though connections stay; returns how to end that. */
  freeze?(): Promise<() => Promise<void>>;
  /** From now on nothing can be reached; returns how to end that. */
  kill?(): Promise<() => Promise<void>>;
  /** Ids that what lies behind can't hold, beyond those with a NUL. */
  holds?(id: string): boolean;
  /** Closes the source and removes everything. */
  dispose(): Promise<void>;
}

export type MakeSource = () => Promise<SourceUnderTest>;

/** What a source under test maps: `name`, `level`, `email`, `boss`, `joined` of users, and both types' groups. */
export const CONTRACT_SCHEMA: ResolvedSchema = {
  entityTypes: {
    Group: { memberOfTypes: ["Group"], attributes: {} },
    User: {
      memberOfTypes: ["Group"],
      attributes: {
        name: { type: { type: "String" }, required: true },
        level: { type: { type: "Long" }, required: true },
        email: { type: { type: "String" }, required: false },
        boss: { type: { type: "Entity", name: "User" }, required: false },
        joined: { type: { type: "Extension", name: "datetime" }, required: false },
      },
    },
  },
  actions: {},
};

export const ALL_ATTRIBUTES: ReadonlySet<string> = new Set(["name", "level", "email", "boss", "joined"]);

export function askUsers(ids: readonly string[], some: Partial<FetchRequest> = {}): FetchRequest {
  return { type: "User", ids, attributes: ALL_ATTRIBUTES, parents: true, tags: false, ...some };
}

/** The entity of an id; throws where it is missing or failed. */
export function entityOf(result: FetchResult, id: string): FetchedEntity {
  const found = result.get(id);
  if (found === undefined) throw new Error(`\`${id}\` is missing`);
  if (found instanceof SourceError) throw found;
  return found;
}

/** A signal that nobody aborts. */
export function never(): AbortSignal {
  return new AbortController().signal;
}
