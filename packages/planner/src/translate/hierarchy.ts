import { CedarSet, type Entities, EntityUid } from "@cordon/engine";
import { PlanError } from "../plan-error.js";
import {
  and,
  defined,
  elementKind,
  entityLiteral,
  entityTypeOf,
  kindOf,
  type Term,
  type Within,
} from "../predicate/index.js";
import type { AttributeTypes } from "./attribute-types.js";
import { definedness, kindOfOperand, type Operand, termOf, valueOperand } from "./operand.js";
import { amongValues, containsAny, either, isEmpty } from "./relations.js";
import { ERROR, FALSE, falseWhere, strictAnyOf, TRUE, type Truth } from "./truth.js";

/** What is known of the hierarchy besides what the database knows. */
export interface KnownHierarchy {
  readonly types: AttributeTypes;
  /** Entities that are wholly known: of what isn't in the row, the ancestors must be. */
  readonly entities: Entities;
  /** The entities below this one that are in no database, so that rows whose parent they are count as below it. */
  readonly descendantsOf?: ((uid: EntityUid) => Iterable<EntityUid>) | undefined;
}

/** `left in right` */
export function isIn(left: Operand, right: Operand, known: KnownHierarchy): Truth {
  if (entityTypeOf(kindOfOperand(left)) === undefined) return ERROR;
  const targets = targetsOf(right);
  if (targets === undefined) return isInSet(left, termOf(right), known);
  if (targets.some((target) => entityTypeOf(kindOfOperand(target)) === undefined)) return ERROR;
  if (targets.length === 0) return falseWhere(definedness(left));
  const uids = targets.flatMap((target) => uidOf(target) ?? []);
  const truths = targets
    .filter((target) => uidOf(target) === undefined)
    .map((target) => isInOne(left, target, known));
  return strictAnyOf(uids.length === 0 ? truths : [isInUids(left, uids, known), ...truths]);
}

/** The entities on the right; undefined for a set that is in the row. */
function targetsOf(right: Operand): readonly Operand[] | undefined {
  if (right.kind === "set") return right.elements;
  if (right.kind === "value" && right.value instanceof CedarSet) return [...right.value].map(valueOperand);
  return kindOfOperand(right) === "Set" ? undefined : [right];
}

function isInUids(left: Operand, uids: readonly EntityUid[], known: KnownHierarchy): Truth {
  const uid = uidOf(left);
  if (uid !== undefined) return uids.some((target) => isKnownIn(uid, target, known)) ? TRUE : FALSE;
  const member = termOf(left);
  const type = entityTypeOf(kindOf(member)) ?? "";
  const below = uids.flatMap((target) => [target, ...(known.descendantsOf?.(target) ?? [])]);
  const of = distinct(below).filter(
    (target) => target.type === type || known.types.canBeIn(type, target.type),
  );
  if (of.every((target) => !known.types.canBeIn(type, target.type))) return amongValues(member, of);
  const atom: Within = { kind: "within", negated: false, member, of: of.map(entityLiteral) };
  return either(atom, { ...atom, negated: true });
}

function isInOne(left: Operand, right: Operand, known: KnownHierarchy): Truth {
  const target = termOf(right);
  const targetType = entityTypeOf(kindOf(target)) ?? "";
  const uid = uidOf(left);
  if (uid !== undefined) {
    return amongValues(
      target,
      selfAndAncestors(uid, known).filter((one) => one.type === targetType),
    );
  }
  const member = termOf(left);
  const type = entityTypeOf(kindOf(member)) ?? "";
  if (type !== targetType && !known.types.canBeIn(type, targetType)) {
    return falseWhere(and(defined(member), defined(target)));
  }
  const atom: Within = { kind: "within", negated: false, member, of: target };
  return either(atom, { ...atom, negated: true });
}

/** A known entity in a set of the row: one of the set is the entity or an ancestor of it. */
function isInSet(left: Operand, set: Term, known: KnownHierarchy): Truth {
  if (entityTypeOf(elementKind(set) ?? "String") === undefined) {
    // Nothing is in an empty set, whatever it is a set of.
    return falseWhere(and(definedness(left), isEmpty({ kind: "term", term: set }).holds));
  }
  const uid = uidOf(left);
  if (uid === undefined) {
    throw new PlanError("not_expressible", "an entity of the row is looked for below a set of the row");
  }
  const self = CedarSet.of(selfAndAncestors(uid, known));
  return containsAny({ kind: "term", term: set }, valueOperand(self));
}

function selfAndAncestors(uid: EntityUid, { entities }: KnownHierarchy): EntityUid[] {
  return [uid, ...(entities.get(uid)?.ancestors() ?? [])];
}

function isKnownIn(uid: EntityUid, target: EntityUid, { entities }: KnownHierarchy): boolean {
  return uid.equals(target) || entities.get(uid)?.isIn(target) === true;
}

function uidOf(operand: Operand): EntityUid | undefined {
  return operand.kind === "value" && operand.value instanceof EntityUid ? operand.value : undefined;
}

function distinct(uids: readonly EntityUid[]): EntityUid[] {
  return [...new Map(uids.map((uid) => [uid.key, uid])).values()];
}
