import {
  type AttributeSchema,
  CedarRecord,
  type Entities,
  type EntityData,
  type EntityUid,
  type Value,
  valuesEqual,
} from "@cordon/engine";
import { admitMembers, escapePointer, type Ignored, malformed } from "./admission.js";
import type { DecodedEntity, DecodedRequest } from "./decode.js";
import { own, type RequestModel } from "./request-model.js";
import type { ProjectEntities } from "./snapshot.js";

export interface ResolvedEntities {
  readonly entities: Entities;
  /** By uid key: the attributes that the caller gave, for the log. */
  readonly fromCaller: ReadonlyMap<string, ReadonlyMap<string, Value>>;
}

const NOTHING: ReadonlyMap<string, ReadonlyMap<string, Value>> = new Map();

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
  const { principal, resource } = request;
  if (principal.properties === null && resource.properties === null) {
    return { entities: store, fromCaller: NOTHING };
  }
  const fromCaller = new Map<string, Map<string, Value>>();
  const given = new Map<string, EntityUid>();
  for (const [entity, pointer] of [
    [principal, "/principal/properties"],
    [resource, "/resource/properties"],
  ] as const) {
    const attributes = admitProperties(entity, model, pointer, ignored);
    if (attributes.size === 0) continue;
    const { key } = entity.uid;
    const before = fromCaller.get(key);
    fromCaller.set(key, before === undefined ? attributes : join(before, attributes, pointer));
    given.set(key, entity.uid);
  }
  if (given.size === 0) return { entities: store, fromCaller: NOTHING };
  const overlay = [...given].map(([key, uid]) => overlaid(uid, fromCaller.get(key) ?? new Map(), store));
  return { entities: store.overlay(overlay), fromCaller };
}

function admitProperties(
  entity: DecodedEntity,
  model: RequestModel,
  pointer: string,
  ignored: Ignored,
): Map<string, Value> {
  if (entity.properties === null) return new Map();
  return admitMembers(entity.properties, declaredAttributes(entity.uid.type, model), pointer, ignored);
}

function declaredAttributes(
  type: string,
  model: RequestModel,
): Readonly<Record<string, AttributeSchema>> | null {
  return model.schema === null ? null : (own(model.schema.entityTypes, type)?.attributes ?? {});
}

/** Principal and resource are one entity, of which the caller must not say two things. */
function join(a: Map<string, Value>, b: Map<string, Value>, pointer: string): Map<string, Value> {
  for (const [name, value] of b) {
    const other = a.get(name);
    if (other !== undefined && !valuesEqual(other, value)) {
      throw malformed(
        "properties_conflict",
        `principal and resource are the same entity, with two values of \`${name}\``,
        `${pointer}/${escapePointer(name)}`,
        "give it once",
      );
    }
    a.set(name, value);
  }
  return a;
}

function overlaid(uid: EntityUid, given: ReadonlyMap<string, Value>, store: ProjectEntities): EntityData {
  const known = store.get(uid);
  if (known === undefined) return { uid, attrs: given };
  const attrs = CedarRecord.of([...known.attrs, ...given]);
  return { uid: known.uid, attrs, tags: known.tags, parents: known.parents };
}
