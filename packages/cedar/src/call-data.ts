import { actionEntities, type Entities, type EntityData, EntityStore, type Request } from "@cordon/engine";
import type { AuthorizationCall, CallEntity } from "./call.js";
import { CallRefused } from "./call-refused.js";
import type { CallSchema } from "./call-schema.js";
import { readMembers, readUid } from "./call-values.js";
import { parseLossless, stringifyLossless } from "./lossless-json.js";
import { LruCache } from "./lru-cache.js";
import { type CedarFunctions, cedar, cedarGeneration } from "./wasm.js";

const NO_POLICIES = "no policies";
let noPoliciesReadyIn: number | undefined;
const stores = new LruCache<EntityStore>(16);

/**
 * The request and the entities of a call, decoded for our engine. Whether they are well-formed, and fit the
 * schema, is asked of the official front end, by a call with the same data and no policies; entities that it
 * accepted a moment ago aren't asked about again.
 *
 * @throws CallRefused for data that Cedar doesn't accept
 */
export function acceptData(
  call: AuthorizationCall,
  schema: CallSchema | null,
): { request: Request; entities: Entities } {
  const entitiesText = stringifyLossless(call.entities);
  if (entitiesText === undefined) throw new CallRefused("entities");
  const key = `${entitiesText}\n${schema?.key}`;
  judge(stores.has(key) ? { ...call, entities: [] } : call, schema);
  // What counts is what the JSON says: members left out as undefined, and numbers as they are written.
  const entities = stores.get(key, () => readEntities(parseLossless(entitiesText) as CallEntity[], schema));
  return { request: readRequest(call, schema), entities };
}

function judge(call: AuthorizationCall, schema: CallSchema | null): void {
  if (noPoliciesReadyIn !== cedarGeneration()) cedar().preparsePolicySet(NO_POLICIES, {});
  noPoliciesReadyIn = cedarGeneration();
  const { principal, action, resource, context, entities, validateRequest } = call;
  const question = {
    ...{ principal, action, resource, context, entities, validateRequest },
    ...{ preparsedPolicySetId: NO_POLICIES, preparsedSchemaName: schema?.preparsedName },
  };
  // The boundary leaves out what is undefined, and takes bigints where the official types know only numbers.
  const answer = cedar().statefulIsAuthorized(
    question as Parameters<CedarFunctions["statefulIsAuthorized"]>[0],
  );
  if (answer.type === "failure") throw new CallRefused("request or the entities");
}

function readRequest(
  { principal, action, resource, context }: AuthorizationCall,
  schema: CallSchema | null,
): Request {
  const text = stringifyLossless({ principal, action, resource, context }) ?? "";
  const written = parseLossless(text) as Pick<
    AuthorizationCall,
    "principal" | "action" | "resource" | "context"
  >;
  const actionUid = readUid(written.action);
  const contextType = schema?.resolved.actions[actionUid.toString()]?.context;
  return {
    principal: readUid(written.principal),
    action: actionUid,
    resource: readUid(written.resource),
    context: readMembers(written.context, (name) => contextType?.attributes[name]?.type),
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
