import {
  CedarRecord,
  type CedarValueJson,
  decodeValue,
  type EntityData,
  type EntityUid,
  encodeValue,
  parseEntityUid,
  type Value,
  valuesEqual,
} from "@cordon/engine";
import type { Facts } from "./facts.js";

/** A fact that is other than it was: a value, or an entity's membership in another. */
export type Change = ValueChange | MembershipChange;

export interface ValueChange {
  readonly kind: "set" | "remove";
  /** The value as a policy reads it, such as `resource.customer.plan`. */
  readonly path: string;
  /** The entity that holds it; null for the context. */
  readonly entity: string | null;
  /** Attribute names from the holder to the value; of a tag, its key comes first. */
  readonly at: readonly string[];
  readonly tag: boolean;
  /** Absent where there is nothing yet. */
  readonly from?: CedarValueJson;
  /** Absent where it is removed. */
  readonly to?: CedarValueJson;
}

export interface MembershipChange {
  readonly kind: "add_parent" | "remove_parent";
  readonly entity: string;
  readonly parent: string;
}

/**
 * The facts with every change made to them. The facts given stay as they are.
 *
 * @throws EngineError `entity_cycle` where a membership would make one
 */
export function applyChanges(facts: Facts, changes: Iterable<Change>): Facts {
  let { context } = facts.request;
  const entities = new Map<string, EntityDraft>();
  const draftOf = (text: string): EntityDraft => {
    let draft = entities.get(text);
    if (draft === undefined) {
      draft = draftFrom(parseEntityUid(text), facts);
      entities.set(text, draft);
    }
    return draft;
  };
  for (const change of changes) {
    if (isMembership(change)) changeParents(draftOf(change.entity), change);
    else if (change.entity === null) context = changedRecord(context, change.at, target(change));
    else {
      const draft = draftOf(change.entity);
      const member = change.tag ? "tags" : "attrs";
      draft[member] = changedRecord(draft[member], change.at, target(change));
    }
  }
  const changed = [...entities.values()];
  return {
    request: { ...facts.request, context },
    entities: changed.length === 0 ? facts.entities : facts.entities.with(changed),
  };
}

export function isMembership(change: Change): change is MembershipChange {
  return change.kind === "add_parent" || change.kind === "remove_parent";
}

interface EntityDraft extends EntityData {
  attrs: CedarRecord;
  tags: CedarRecord;
  parents: EntityUid[];
}

function draftFrom(uid: EntityUid, { entities }: Facts): EntityDraft {
  const known = entities.get(uid);
  return {
    uid,
    attrs: known?.attrs ?? CedarRecord.EMPTY,
    tags: known?.tags ?? CedarRecord.EMPTY,
    parents: [...(known?.parents ?? [])],
  };
}

function changeParents(draft: EntityDraft, { kind, parent }: MembershipChange): void {
  const uid = parseEntityUid(parent);
  draft.parents = draft.parents.filter((other) => !other.equals(uid));
  if (kind === "add_parent") draft.parents.push(uid);
}

function target(change: ValueChange): Value | undefined {
  return change.kind === "remove" || change.to === undefined ? undefined : decodeValue(change.to);
}

/** A record with the value at a path replaced, or taken away where it is undefined. */
export function changedRecord(
  record: CedarRecord,
  path: readonly string[],
  value: Value | undefined,
): CedarRecord {
  const [name, ...rest] = path;
  if (name === undefined) return record;
  const members = new Map(record);
  const inner = members.get(name);
  if (rest.length > 0) {
    members.set(name, changedRecord(inner instanceof CedarRecord ? inner : CedarRecord.EMPTY, rest, value));
  } else if (value === undefined) members.delete(name);
  else members.set(name, value);
  return new CedarRecord(members);
}

/** Changes by the fact they change; adding one that reaches into another makes it part of that. */
export type ChangeSet = ReadonlyMap<string, Change>;

export const NO_CHANGES: ChangeSet = new Map();

/** The set with one more change; a fact that is then as it was is no change. */
export function withChange(set: ChangeSet, change: Change): ChangeSet {
  return isMembership(change) ? withMembership(set, change) : withValue(set, change);
}

function withMembership(set: ChangeSet, change: MembershipChange): ChangeSet {
  const key = JSON.stringify(["in", change.entity, change.parent]);
  const next = new Map(set);
  const before = next.get(key);
  if (before === undefined) next.set(key, change);
  else if (before.kind !== change.kind) next.delete(key);
  return next;
}

function withValue(set: ChangeSet, change: ValueChange): ChangeSet {
  const next = new Map(set);
  for (const [key, other] of set) {
    if (isMembership(other) || other.entity !== change.entity || other.tag !== change.tag) continue;
    if (isPrefix(change.at, other.at)) next.delete(key);
    else if (isPrefix(other.at, change.at)) {
      if (other.to === undefined) return set;
      const whole = new CedarRecord(new Map([["", decodeValue(other.to)]]));
      const to = changedRecord(whole, ["", ...change.at.slice(other.at.length)], target(change)).get("");
      if (to !== undefined) next.set(key, { ...other, to: encodeValue(to) });
      return next;
    }
  }
  if (!isAsBefore(change)) next.set(JSON.stringify([change.entity, change.tag, ...change.at]), change);
  return next;
}

function isAsBefore({ from, to }: ValueChange): boolean {
  if (from === undefined || to === undefined) return from === to;
  return valuesEqual(decodeValue(from), decodeValue(to));
}

/** Whether two changes are of one fact, whatever to. */
export function isSameFact(a: Change, b: Change): boolean {
  if (isMembership(a) || isMembership(b)) {
    return isMembership(a) && isMembership(b) && a.entity === b.entity && a.parent === b.parent;
  }
  const isSameHolder = a.entity === b.entity && a.tag === b.tag;
  return isSameHolder && a.at.length === b.at.length && isPrefix(a.at, b.at);
}

function isPrefix(prefix: readonly string[], path: readonly string[]): boolean {
  return prefix.length <= path.length && prefix.every((name, index) => path[index] === name);
}
