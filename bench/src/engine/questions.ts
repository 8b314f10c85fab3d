import { buildBundle, parseSchema } from "@cordon/cedar";
import {
  actionEntities,
  type Bundle,
  CedarRecord,
  decodeEntity,
  type Entity,
  type EntityJson,
  EntityStore,
  EntityUid,
  type EntityUidJson,
  encodeEntity,
  type Request,
  type TemplateLinkJson,
} from "@cordon/engine";
import { seeded } from "../helpdesk/random.js";
import type { Application, AppRequest } from "./apps/application.js";

/** A world of an application with everything that any contender wants of it, made before anything is timed. */
export interface ReadyWorld {
  readonly bundle: Bundle;
  readonly store: EntityStore;
  /** All entities, with actions, as Cedar's entity JSON. */
  readonly entities: readonly EntityJson[];
  readonly asked: readonly AppRequest[];
  readonly requests: readonly Request[];
}

/** Worlds of one size. Their requests in a row are the questions 0, 1, 2, … */
export interface Questions {
  readonly application: Application;
  readonly size: number;
  readonly worlds: readonly ReadyWorld[];
  readonly count: number;
}

export const REQUESTS_PER_WORLD = 500;

/** The same for the same application, size and number of worlds on every machine. */
export function questionsOf(application: Application, size: number, worlds: number): Questions {
  const bundle = bundleOf(application);
  const ready = Array.from({ length: worlds }, (_, index) => readyWorld(application, bundle, size, index));
  return { application, size, worlds: ready, count: worlds * REQUESTS_PER_WORLD };
}

/** What question `index` is about, and its place in its world. */
export function questionAt(questions: Questions, index: number): { world: number; request: number } {
  const question = index % questions.count;
  return { world: Math.floor(question / REQUESTS_PER_WORLD), request: question % REQUESTS_PER_WORLD };
}

/** One value for each question, in order. */
export function forEachQuestion<T>(
  questions: Questions,
  make: (world: ReadyWorld, request: number, index: number) => T,
): T[] {
  return questions.worlds.flatMap((world, index) => world.requests.map((_, at) => make(world, at, index)));
}

function bundleOf({ name, policies, schema }: Application): Bundle {
  const built = buildBundle({
    policies: [{ path: `policies/${name}.cedar`, text: policies }],
    schema: { path: "schema.cedarschema", text: schema },
    settings: {},
  });
  if (built.ok) return built.bundle;
  throw new Error(`${name} doesn't validate: ${JSON.stringify(built.diagnostics)}`);
}

function readyWorld(application: Application, bundle: Bundle, size: number, index: number): ReadyWorld {
  const random = seeded(1000 * size + index);
  const { entities, links, requests } = application.world(random, size, REQUESTS_PER_WORLD);
  const parsed = parseSchema(application.schema, "schema.cedarschema");
  if (!parsed.ok) throw new Error(`the schema of ${application.name} doesn't parse`);
  const store = EntityStore.from([
    ...actionEntities(parsed.schema),
    ...entities.map((entity) => decodeEntity(entity, parsed.schema)),
  ]);
  return {
    bundle: links.length === 0 ? bundle : withLinks(bundle, links),
    store,
    entities: [...store].map((entity) => encodeEntity(entity)),
    asked: requests,
    requests: requests.map(({ principal, action, resource }) => ({
      principal: EntityUid.of(principal.type, principal.id),
      action: EntityUid.of(action.type, action.id),
      resource: EntityUid.of(resource.type, resource.id),
      context: CedarRecord.EMPTY,
    })),
  };
}

/** The id of such a bundle is that of the one without links, which nobody here looks at. */
function withLinks(bundle: Bundle, templateLinks: readonly TemplateLinkJson[]): Bundle {
  return { ...bundle, policies: { ...bundle.policies, templateLinks: [...templateLinks] } };
}

/**
 * Only the entities that a request can reach, by attributes and upwards: less than all, for a peer that takes
 * entities with each call. Finding them is not in any figure.
 */
export function sliceOf({ store }: ReadyWorld, { principal, action, resource }: Request): EntityJson[] {
  const found = new Map<string, Entity>();
  const pending = [principal, action, resource];
  for (let uid = pending.pop(); uid !== undefined; uid = pending.pop()) {
    const entity = found.has(uid.toString()) ? undefined : store.get(uid);
    if (entity === undefined) continue;
    found.set(uid.toString(), entity);
    pending.push(...entity.ancestors(), ...referencesIn(encodeEntity(entity).attrs));
  }
  return [...found.values()].map((entity) => encodeEntity(entity));
}

function referencesIn(json: unknown): EntityUid[] {
  if (typeof json !== "object" || json === null) return [];
  if (Array.isArray(json)) return json.flatMap(referencesIn);
  if (!("__entity" in json)) return Object.values(json).flatMap(referencesIn);
  const { type, id } = json.__entity as EntityUidJson;
  return [EntityUid.of(type, id)];
}
