import {
  actionEntities,
  type CedarRecord,
  type CedarValueJson,
  decodeValue,
  type Entities,
  type EntityData,
  EntityStore,
  EntityUid,
  type Request,
  type SchemaType,
  type Value,
} from "@cordon/engine";
import type { AuthorizationCall, CallEntity, CallUid, CallValue } from "./call.js";
import { plainUid } from "./call-policies.js";
import { CallRefused } from "./call-refused.js";
import type { CallSchema } from "./call-schema.js";
import { explicitForm } from "./explicit-form.js";
import { stringifyLossless } from "./lossless-json.js";
import { LruCache } from "./lru-cache.js";
import { type CedarFunctions, cedar } from "./wasm.js";

const NO_POLICIES = "no policies";
let noPoliciesReady = false;
const stores = new LruCache<EntityStore>(16);

/**
 * The request and the entities of a call, decoded for our engine. Whether they are well-formed, and fit the
 * schema, is asked of the official front end, by a call with the same data and no policies; what it accepted
 * once isn't asked again.
 *
 * @throws CallRefused for data that Cedar doesn't accept
 */
export function acceptData(
  call: AuthorizationCall,
  schema: CallSchema | null,
): { request: Request; entities: Entities } {
  const key = `${schema?.key ?? ""}\n${stringifyLossless(call.entities)}`;
  judge(stores.has(key) ? { ...call, entities: [] } : call, schema);
  const entities = stores.get(key, () => readEntities(call.entities, schema));
  return { request: readRequest(call, schema), entities };
}

function judge(call: AuthorizationCall, schema: CallSchema | null): void {
  if (!noPoliciesReady) cedar().preparsePolicySet(NO_POLICIES, {});
  noPoliciesReady = true;
  const { principal, action, resource, context, entities, validateRequest } = call;
  const question = {
    ...{ principal, action, resource, context, entities, preparsedPolicySetId: NO_POLICIES },
    ...(schema ? { preparsedSchemaName: schema.preparsedName } : {}),
    ...(validateRequest === undefined ? {} : { validateRequest }),
  };
  // The boundary takes bigints where the official types know only numbers.
  const answer = cedar().statefulIsAuthorized(
    question as Parameters<CedarFunctions["statefulIsAuthorized"]>[0],
  );
  if (answer.type === "failure") throw new CallRefused("request or entities");
}

function readRequest(call: AuthorizationCall, schema: CallSchema | null): Request {
  const action = readUid(call.action);
  const contextType = schema?.resolved.actions[action.toString()]?.context;
  return {
    principal: readUid(call.principal),
    action,
    resource: readUid(call.resource),
    context: readValue(call.context, contextType) as CedarRecord,
  };
}

function readEntities(entities: readonly CallEntity[], schema: CallSchema | null): EntityStore {
  const byUid = new Map<string, EntityData>();
  for (const entity of schema ? actionEntities(schema.resolved) : [])
    byUid.set(entity.uid.toString(), entity);
  for (const entity of entities) {
    const data = readEntity(entity, schema);
    const uid = data.uid.toString();
    // Cedar accepts one entity twice only if both are the same, and an action only as the schema has it.
    if (!byUid.has(uid)) byUid.set(uid, data);
  }
  return EntityStore.from(byUid.values());
}

function readEntity(
  { uid: written, attrs, tags, parents }: CallEntity,
  schema: CallSchema | null,
): EntityData {
  const uid = readUid(written);
  const type = schema?.resolved.entityTypes[uid.type];
  return {
    uid,
    attrs: readMembers(attrs, (name) => type?.attributes[name]?.type),
    tags: readMembers(tags ?? {}, () => type?.tags),
    parents: parents.map(readUid),
  };
}

function readMembers(
  members: { readonly [name: string]: CallValue },
  typeOf: (name: string) => SchemaType | undefined,
): Map<string, Value> {
  return new Map(Object.entries(members).map(([name, value]) => [name, readValue(value, typeOf(name))]));
}

function readUid(uid: CallUid): EntityUid {
  const { type, id } = plainUid(uid);
  return EntityUid.of(type, id);
}

function readValue(value: CallValue, type: SchemaType | undefined): Value {
  return decodeValue(explicitForm(value, type) as CedarValueJson);
}
