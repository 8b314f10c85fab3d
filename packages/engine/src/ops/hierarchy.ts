import type { Entities, Entity } from "../entities/types.js";
import { EntityUid } from "../value/entity-uid.js";
import { CedarRecord } from "../value/record.js";
import { CedarSet } from "../value/set.js";
import type { Value } from "../value/types.js";
import { ANY_ENTITY, expectEntity, typeError } from "./expect.js";

const SET_MEMBERSHIP_HELP =
  "`in` is for checking the entity hierarchy; use `.contains()` to test set membership";

/** `left in right`: the hierarchy is reflexive, also for entities that do not exist. */
export function isIn(left: Value, right: Value, entities: Entities): Value {
  const descendant = expectEntity(left, right instanceof CedarSet ? SET_MEMBERSHIP_HELP : null);
  return knownIsIn(descendant, entities.get(descendant), right);
}

/** `uid in right`, where the entity has been looked up already. */
export function knownIsIn(uid: EntityUid, entity: Entity | undefined, right: Value): boolean {
  if (right instanceof EntityUid) return knownIn(uid, entity, right);
  if (!(right instanceof CedarSet)) throw typeError(["set", ANY_ENTITY], right);
  return knownInAny(uid, entity, expectEntities(right));
}

export function entityIn(descendant: EntityUid, ancestor: EntityUid, entities: Entities): boolean {
  return descendant.equals(ancestor) || (entities.get(descendant)?.isIn(ancestor) ?? false);
}

export function knownIn(uid: EntityUid, entity: Entity | undefined, ancestor: EntityUid): boolean {
  return uid.equals(ancestor) || entity?.isIn(ancestor) === true;
}

export function entityInAny(
  descendant: EntityUid,
  ancestors: readonly EntityUid[],
  entities: Entities,
): boolean {
  return knownInAny(descendant, entities.get(descendant), ancestors);
}

export function knownInAny(
  uid: EntityUid,
  entity: Entity | undefined,
  ancestors: readonly EntityUid[],
): boolean {
  for (const ancestor of ancestors) if (knownIn(uid, entity, ancestor)) return true;
  return false;
}

/** `operand is type`. */
export function isOfType(operand: Value, type: string): boolean {
  return expectEntity(operand).type === type;
}

/** All elements must be entities, whether or not an earlier one would already answer the question. */
function expectEntities(set: CedarSet): EntityUid[] {
  const uids: EntityUid[] = [];
  let offender: Value | undefined;
  for (const element of set) {
    if (element instanceof EntityUid) uids.push(element);
    else if (offender === undefined || kindRank(element) < kindRank(offender)) offender = element;
  }
  if (offender !== undefined) throw expectEntityError(offender);
  return uids;
}

function expectEntityError(offender: Value) {
  return typeError(ANY_ENTITY, offender);
}

/** Cedar walks a set in this order of types, so the error names the first of them. */
function kindRank(value: Value): number {
  switch (typeof value) {
    case "boolean":
      return 0;
    case "number":
    case "bigint":
      return 1;
    case "string":
      return 2;
    default:
      if (value instanceof CedarSet) return 3;
      return value instanceof CedarRecord ? 4 : 5;
  }
}
