import {
  type AttributeSchema,
  CedarRecord,
  type Entities,
  type Entity,
  type EntityUid,
  type Value,
  valuesEqual,
} from "@cordon/engine";
import { admitMembers, escapePointer, type Ignored, malformed } from "./admission.js";
import type { DecodedEntity, DecodedRequest } from "./decode.js";
import { own, type RequestModel } from "./request-model.js";
import type { ProjectEntities } from "./snapshot.js";

/** An entity with attributes that the caller gave. */
export class GivenEntity implements Entity {
  readonly uid: EntityUid;
  readonly attrs: CedarRecord;
  readonly #known: Entity | undefined;

  constructor(
    uid: EntityUid,
    /** The attributes that the caller gave, for the log. */
    readonly given: ReadonlyMap<string, Value>,
    known: Entity | undefined,
  ) {
    this.uid = known?.uid ?? uid;
    this.attrs =
      known === undefined || known.attrs.size === 0
        ? new CedarRecord(given)
        : CedarRecord.of([...known.attrs, ...given]);
    this.#known = known;
  }

  get tags(): CedarRecord {
    return this.#known?.tags ?? CedarRecord.EMPTY;
  }

  get parents(): readonly EntityUid[] {
    return this.#known?.parents ?? [];
  }

  ancestors(): Iterable<EntityUid> {
    return this.#known?.ancestors() ?? [];
  }

  isIn(uid: EntityUid): boolean {
    return this.#known?.isIn(uid) ?? false;
  }
}

export interface ResolvedEntities {
  readonly entities: Entities;
  /** Null where the caller gave nothing of it; principal and resource may be one. */
  readonly principal: GivenEntity | null;
  readonly resource: GivenEntity | null;
}

/**
 * The project's entities with attributes of the request's. Nobody's parents change, so the ancestor relation
 * stays closed as it is.
 */
class RequestView implements Entities {
  constructor(
    private readonly base: Entities,
    private readonly principal: GivenEntity | null,
    private readonly resource: GivenEntity | null,
  ) {}

  get(uid: EntityUid): Entity | undefined {
    if (this.principal?.uid.equals(uid)) return this.principal;
    if (this.resource?.uid.equals(uid)) return this.resource;
    return this.base.get(uid);
  }
}

/**
 * Step 3 of a decision: the project's entities under what the caller says of the two
 * that it names. An attribute of the caller's wins over the project's; parents and
 * tags are never the caller's to give. Nothing of it outlives the request.
 *
 * @throws RequestError for a property of another type than declared
 */
export function resolveEntities(
  request: DecodedRequest,
  model: RequestModel,
  store: ProjectEntities,
  ignored: Ignored,
): ResolvedEntities {
  const ofPrincipal = admitProperties(request.principal, model, "/principal/properties", ignored);
  const ofResource = admitProperties(request.resource, model, "/resource/properties", ignored);
  if (ofPrincipal === null && ofResource === null) {
    return { entities: store, principal: null, resource: null };
  }
  if (ofPrincipal !== null && ofResource !== null && request.principal.uid.equals(request.resource.uid)) {
    const both = givenEntity(request.principal.uid, join(ofPrincipal, ofResource), store);
    return { entities: new RequestView(store, both, null), principal: both, resource: both };
  }
  const principal = givenEntity(request.principal.uid, ofPrincipal, store);
  const resource = givenEntity(request.resource.uid, ofResource, store);
  return { entities: new RequestView(store, principal, resource), principal, resource };
}

/** Null where nothing was given that has a place. */
function admitProperties(
  entity: DecodedEntity,
  model: RequestModel,
  pointer: string,
  ignored: Ignored,
): Map<string, Value> | null {
  if (entity.properties === null) return null;
  const admitted = admitMembers(
    entity.properties,
    declaredAttributes(entity.uid.type, model),
    pointer,
    ignored,
  );
  return admitted.size === 0 ? null : admitted;
}

function givenEntity(
  uid: EntityUid,
  given: Map<string, Value> | null,
  store: ProjectEntities,
): GivenEntity | null {
  return given === null ? null : new GivenEntity(uid, given, store.get(uid));
}

function declaredAttributes(
  type: string,
  model: RequestModel,
): Readonly<Record<string, AttributeSchema>> | null {
  return model.schema === null ? null : (own(model.schema.entityTypes, type)?.attributes ?? {});
}

/** Principal and resource are one entity, of which the caller must not say two things. */
function join(a: Map<string, Value>, b: ReadonlyMap<string, Value>): Map<string, Value> {
  for (const [name, value] of b) {
    const other = a.get(name);
    if (other !== undefined && !valuesEqual(other, value)) {
      throw malformed(
        "properties_conflict",
        `principal and resource are the same entity, with two values of \`${name}\``,
        `/resource/properties/${escapePointer(name)}`,
        "give it once",
      );
    }
    a.set(name, value);
  }
  return a;
}
