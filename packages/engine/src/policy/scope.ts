import type { Entities } from "../entities/types.js";
import { entityIn, entityInAny } from "../ops/index.js";
import { pointer } from "../pointer.js";
import type { EntityUid } from "../value/entity-uid.js";
import {
  invalidPolicy,
  readArray,
  readEntityRef,
  readMembers,
  readObject,
  readString,
  readTypeName,
} from "./reader.js";
import type { SlotId } from "./types.js";

/** What a policy's scope asks of the principal, the action or the resource. */
export type Constraint =
  | { readonly op: "any" }
  | { readonly op: "=="; readonly uid: EntityUid }
  | { readonly op: "in"; readonly uids: readonly EntityUid[]; readonly isList: boolean }
  | { readonly op: "is"; readonly type: string; readonly in: EntityUid | undefined };

export type ScopePart = "principal" | "action" | "resource";
export type SlotValues = Readonly<Partial<Record<SlotId, EntityUid>>>;

const SLOT_OF: Readonly<Record<ScopePart, SlotId | undefined>> = {
  principal: "?principal",
  action: undefined,
  resource: "?resource",
};

/** Whether the constraint holds. It cannot err: it asks for names and hierarchy only. */
export function holds(constraint: Constraint, uid: EntityUid, entities: Entities): boolean {
  switch (constraint.op) {
    case "any":
      return true;
    case "==":
      return uid.equals(constraint.uid);
    case "in":
      return entityInAny(uid, constraint.uids, entities);
    case "is":
      return (
        uid.type === constraint.type &&
        (constraint.in === undefined || entityIn(uid, constraint.in, entities))
      );
  }
}

/** Reads a scope constraint; `slots` holds the values of a template link, and is undefined for a static policy. */
export function readConstraint(
  json: unknown,
  part: ScopePart,
  slots: SlotValues | undefined,
  path: string,
): Constraint {
  const object = readObject(json, path);
  const op = readString(object.op, pointer(path, "op"));
  const ref = (from: unknown, refPath: string) => readTarget(from, part, slots, refPath);
  switch (op) {
    case "All":
      return { op: "any" };
    case "==":
      return { op: "==", uid: ref(object, path) };
    case "in":
      if (part === "action" && Object.hasOwn(object, "entities"))
        return readActionList(object.entities, path);
      return { op: "in", uids: [ref(object, path)], isList: false };
    case "is":
      if (part === "action") break;
      return {
        op: "is",
        type: readTypeName(object.entity_type, pointer(path, "entity_type")),
        in: object.in === undefined ? undefined : ref(object.in, pointer(path, "in")),
      };
  }
  throw invalidPolicy(`unknown scope operator \`${op}\``, pointer(path, "op"));
}

function readActionList(json: unknown, path: string): Constraint {
  const listPath = pointer(path, "entities");
  const uids = readArray(json, listPath).map((entity, i) => readActionRef(entity, pointer(listPath, i)));
  return { op: "in", uids, isList: true };
}

function readTarget(json: unknown, part: ScopePart, slots: SlotValues | undefined, path: string): EntityUid {
  const object = readObject(json, path);
  if (!Object.hasOwn(object, "slot")) {
    return part === "action"
      ? readActionRef(object.entity, pointer(path, "entity"))
      : readEntityRef(object.entity, pointer(path, "entity"));
  }
  const { slot } = readMembers(object, ["slot", "op?"], path);
  const own = SLOT_OF[part];
  if (own === undefined || slot !== own)
    throw invalidPolicy(`slot \`${String(slot)}\` cannot be used for the ${part}`, path);
  if (slots === undefined) {
    throw invalidPolicy(
      `expected a static policy, got a template containing the slot ${own}`,
      path,
      "try removing the template slot(s) from this policy",
    );
  }
  const uid = slots[own];
  if (uid !== undefined) return uid;
  throw invalidPolicy(`the slot ${own} was not provided as argument`, path);
}

function readActionRef(json: unknown, path: string): EntityUid {
  const uid = readEntityRef(json, path);
  if (uid.type === "Action" || uid.type.endsWith("::Action")) return uid;
  throw invalidPolicy(
    `expected an entity uid with type \`Action\` but got \`${uid}\``,
    path,
    "action entities must have type `Action`, optionally in a namespace",
  );
}

/** The slots that a template's scope mentions. */
export function slotsOf(json: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    if (Object.hasOwn(node, "slot")) found.add(String((node as { slot: unknown }).slot));
    if (Object.hasOwn(node, "in")) visit((node as { in: unknown }).in);
  };
  const template = readObject(json, "");
  for (const part of ["principal", "action", "resource"]) visit(template[part]);
  return found;
}
