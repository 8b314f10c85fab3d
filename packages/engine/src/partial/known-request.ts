import type { Environment } from "../environment.js";
import type { Request } from "../request.js";
import { EntityUid } from "../value/entity-uid.js";
import { CedarRecord } from "../value/record.js";
import type { Value } from "../value/types.js";
import { KnownEntities, NotKnown, PartialRecord } from "./not-known.js";
import {
  type PartialContext,
  type PartialEntities,
  type PartialRequest,
  UNKNOWN,
  type UnknownEntity,
} from "./types.js";

/** A partly known request as the evaluator sees it: a part that is unknown throws NotKnown when asked for. */
export class KnownRequest implements Request {
  readonly #request: PartialRequest;
  readonly context: CedarRecord;
  readonly contextIsWhole: boolean;
  /** Whether principal, action and resource are all known. */
  readonly namesAll: boolean;

  constructor(request: PartialRequest) {
    this.#request = request;
    const { principal, action, resource, context } = request;
    const { unknown } = context;
    this.namesAll = [principal, action, resource].every((part) => part instanceof EntityUid);
    this.contextIsWhole = unknown !== "all" && unknown.size === 0;
    this.context = this.contextIsWhole ? whole(context) : partial(context);
  }

  get principal(): EntityUid {
    return known(this.#request.principal);
  }

  get action(): EntityUid {
    return known(this.#request.action);
  }

  get resource(): EntityUid {
    return known(this.#request.resource);
  }

  /** The name of the entity, or what is known of it instead. */
  part(name: "principal" | "action" | "resource"): EntityUid | UnknownEntity {
    return this.#request[name];
  }
}

/** What a partial evaluation goes by. */
export interface KnownEnvironment extends Environment {
  readonly request: KnownRequest;
  readonly entities: KnownEntities;
  /** Whether the entities that nearly every policy asks for are wholly known, so that most policies are settled. */
  readonly isMostlyKnown: boolean;
}

export function knownEnvironment(given: PartialRequest, partial: PartialEntities): KnownEnvironment {
  const request = new KnownRequest(given);
  const entities = new KnownEntities(partial);
  const { principal, resource } = given;
  const isPartial = [principal, resource].some((uid) => uid instanceof EntityUid && entities.isPartial(uid));
  return { request, entities, isMostlyKnown: request.namesAll && !isPartial };
}

function known(part: EntityUid | UnknownEntity): EntityUid {
  if (part instanceof EntityUid) return part;
  throw new NotKnown({ kind: "variable" });
}

function whole({ known }: PartialContext): CedarRecord {
  const members = new Map<string, Value>();
  for (const [name, value] of known) if (value !== undefined) members.set(name, value);
  return new CedarRecord(members);
}

function partial({ known, unknown }: PartialContext): PartialRecord {
  return new PartialRecord(
    (name) => {
      const value = known.get(name);
      if (value !== undefined || known.has(name)) return value;
      return unknown === "all" || unknown.has(name) ? UNKNOWN : undefined;
    },
    (name) => ({ kind: "member", name }),
  );
}
