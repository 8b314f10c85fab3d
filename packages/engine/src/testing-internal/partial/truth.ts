import {
  CedarRecord,
  type Entities,
  type Entity,
  type EntityUid,
  type Request,
  type Value,
} from "../../index.js";
import type { Dice } from "./dice.js";
import type { Hidden, HiddenEntity } from "./hidden.js";

/** Everything there is to know. */
export interface Truth {
  readonly request: Request;
  readonly entities: Entities;
}

/** What hidden parts may be instead. */
export interface Pool {
  readonly uids: readonly EntityUid[];
  /** Values of members, by the names of all members that anything may ask for. */
  readonly values: Readonly<Record<string, readonly Value[]>>;
}

/** Another truth of which the same is seen: what is hidden is replaced by whatever comes. */
export function otherTruth(truth: Truth, hidden: Hidden, pool: Pool, dice: Dice): Truth {
  const { request } = truth;
  const name = (part: "principal" | "action" | "resource"): EntityUid => {
    const known = hidden.names.get(part);
    if (known === undefined) return request[part];
    const fitting = pool.uids.filter(({ type }) => known.type === undefined || type === known.type);
    return fitting.length === 0 ? request[part] : dice.pick(fitting);
  };
  const hides = (member: string): boolean => hidden.hidesMember(member);
  const context = replaceMembers(request.context, hides, pool, dice);
  const changed = new Map<string, Entity | undefined>();
  for (const [key, { uid, parts }] of hidden.entities) {
    changed.set(key, otherEntity(uid, truth.entities.get(uid), parts, pool, dice));
  }
  return {
    request: { principal: name("principal"), action: name("action"), resource: name("resource"), context },
    entities: {
      get: (uid) => (changed.has(uid.key) ? changed.get(uid.key) : truth.entities.get(uid)),
    },
  };
}

function otherEntity(
  uid: EntityUid,
  entity: Entity | undefined,
  parts: HiddenEntity,
  pool: Pool,
  dice: Dice,
): Entity | undefined {
  if (parts.hidesAll && dice.chance(0.2)) return undefined;
  // What isn't hidden of an entity that doesn't exist is that it isn't there.
  if (entity === undefined && !parts.hidesAll) return undefined;
  const attrs = replaceMembers(
    entity?.attrs ?? CedarRecord.EMPTY,
    (name) => parts.attribute(name),
    pool,
    dice,
  );
  const tags = replaceMembers(entity?.tags ?? CedarRecord.EMPTY, (name) => parts.tag(name), pool, dice);
  const ancestors = new Map([...(entity?.ancestors() ?? [])].map((ancestor) => [ancestor.key, ancestor]));
  if (parts.ancestors) {
    ancestors.clear();
    for (const other of dice.some(pool.uids, 0.3)) if (!other.equals(uid)) ancestors.set(other.key, other);
  }
  return {
    uid,
    attrs,
    tags,
    parents: [],
    ancestors: () => ancestors.values(),
    isIn: (other) => ancestors.has(other.key),
  };
}

function replaceMembers(
  record: CedarRecord,
  hides: (name: string) => boolean,
  pool: Pool,
  dice: Dice,
): CedarRecord {
  const members = new Map([...record].filter(([name]) => !hides(name)));
  const odd = Object.values(pool.values).flat();
  for (const name of new Set([...record.keys(), ...Object.keys(pool.values)])) {
    if (!hides(name)) continue;
    // Mostly of the right type.
    if (dice.chance(0.8)) members.set(name, dice.pick(dice.chance(0.9) ? (pool.values[name] ?? odd) : odd));
  }
  return new CedarRecord(members);
}
