import type { Entities, Entity } from "../entities/types.js";
import { Failure } from "../failure.js";
import { EntityUid } from "../value/entity-uid.js";
import { CedarRecord } from "../value/record.js";
import { compareText, debugText } from "../value/text.js";
import type { Value } from "../value/types.js";
import { ANY_ENTITY, expectEntity, expectString, typeError } from "./expect.js";

/** Cedar lists this many names before it only counts them. */
const LISTED_NAMES = 5;

/** `operand.name`. */
export function getAttribute(operand: Value, name: string, entities: Entities): Value {
  if (operand instanceof EntityUid) return attributeOf(operand, entities.get(operand), name);
  if (!(operand instanceof CedarRecord)) throw notAttributed(operand);
  return memberOf(operand, name);
}

/** `uid.name`, where the entity has been looked up already. */
export function attributeOf(uid: EntityUid, entity: Entity | undefined, name: string): Value {
  if (entity === undefined) throw missingEntity(uid);
  const value = entity.attrs.get(name);
  if (value === undefined) throw missingAttribute(entity, name);
  return value;
}

/** `record.name`. */
export function memberOf(record: CedarRecord, name: string): Value {
  const value = record.get(name);
  if (value === undefined) throw missingMember(record, name);
  return value;
}

/** `operand has name`: false, not an error, for an entity that does not exist. */
export function hasAttribute(operand: Value, name: string, entities: Entities): boolean {
  if (operand instanceof EntityUid) return entities.get(operand)?.attrs.has(name) ?? false;
  if (operand instanceof CedarRecord) return operand.has(name);
  throw notAttributed(operand);
}

/** `operand has a.b.c`: each step is taken only where the step before it holds. */
export function hasPath(operand: Value, path: readonly string[], entities: Entities): boolean {
  let current = operand;
  for (const [index, name] of path.entries()) {
    if (!hasAttribute(current, name, entities)) return false;
    if (index < path.length - 1) current = getAttribute(current, name, entities);
  }
  return true;
}

export function getTag(operand: Value, tag: Value, entities: Entities): Value {
  const uid = expectEntity(operand);
  const name = expectString(tag);
  const entity = existing(uid, entities);
  const value = entity.tags.get(name);
  if (value === undefined) throw missingTag(entity, name);
  return value;
}

export function hasTag(operand: Value, tag: Value, entities: Entities): Value {
  const uid = expectEntity(operand);
  const name = expectString(tag);
  return entities.get(uid)?.tags.has(name) ?? false;
}

function existing(uid: EntityUid, entities: Entities): Entity {
  const entity = entities.get(uid);
  if (entity !== undefined) return entity;
  throw missingEntity(uid);
}

function missingEntity(uid: EntityUid): Failure {
  return new Failure("entity_does_not_exist", `entity \`${uid}\` does not exist`);
}

function notAttributed(operand: Value): Failure {
  return typeError(["record", ANY_ENTITY], operand);
}

function missingMember(record: CedarRecord, name: string): Failure {
  const help =
    record.size === 0
      ? "record does not have any attributes"
      : `available attributes: ${nameList(record, (names) => names.map(debugText).join(", "))}`;
  return new Failure("attribute_does_not_exist", `record does not have the attribute \`${name}\``, help);
}

function missingAttribute(entity: Entity, name: string): Failure {
  const note = entity.tags.has(name)
    ? `; note that a tag (not an attribute) named \`${name}\` does exist`
    : "";
  return new Failure(
    "attribute_does_not_exist",
    `\`${entity.uid}\` does not have the attribute \`${name}\``,
    `${availableNames(entity, entity.attrs, "attributes")}${note}`,
  );
}

function missingTag(entity: Entity, name: string): Failure {
  const note = entity.attrs.has(name)
    ? `; note that an attribute (not a tag) named \`${name}\` does exist`
    : "";
  return new Failure(
    "tag_does_not_exist",
    `\`${entity.uid}\` does not have the tag \`${name}\``,
    `${availableNames(entity, entity.tags, "tags")}${note}`,
  );
}

function availableNames(entity: Entity, record: CedarRecord, noun: "attributes" | "tags"): string {
  if (record.size === 0) return `\`${entity.uid}\` does not have any ${noun}`;
  return `available ${noun}: ${nameList(record, (names) => names.join(","))}`;
}

function nameList(record: CedarRecord, join: (names: readonly string[]) => string): string {
  const names = [...record.keys()].sort(compareText);
  if (names.length <= LISTED_NAMES) return `[${join(names)}]`;
  // "attributes" for tags as well: so Cedar has it.
  return `[${names.slice(0, LISTED_NAMES).join(",")}, ... (${names.length - LISTED_NAMES} more attributes) ]`;
}
