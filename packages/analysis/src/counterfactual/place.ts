import {
  type AttributeSchema,
  CedarRecord,
  type EntityUid,
  encodeValue,
  type ResolvedSchema,
  type SchemaType,
  EntityUid as Uid,
  type Value,
} from "@cordon/engine";
import type { ValueChange } from "./change.js";
import type { Facts } from "./facts.js";
import type { Node } from "./node.js";
import { conforms } from "./schema-values.js";

/** Where a value that a policy reads is kept: in the context, or in an attribute or tag of an entity. */
export interface Place {
  /** Null for the context. */
  readonly holder: EntityUid | null;
  readonly tag: boolean;
  readonly at: readonly string[];
  /** As the policy writes it. */
  readonly text: string;
  /** Undefined without a schema. */
  readonly type: SchemaType | undefined;
  readonly isRequired: boolean;
}

/** The place a node reads from; undefined for what is computed, constant, or who and what is asked about. */
export function placeOf(node: Node, facts: Facts, schema: ResolvedSchema | null): Place | undefined {
  const [of, key] = node.children;
  if (of === undefined) return undefined;
  if (node.operator === "." || node.operator === "has") {
    return placeBelow(of, node.operator === "." ? node.name : (node.path[0] ?? ""), node.text, facts, schema);
  }
  if (node.operator !== "getTag" && node.operator !== "hasTag") return undefined;
  if (!(of.value instanceof Uid) || typeof key?.value !== "string" || !isChangeable(of.value, facts)) {
    return undefined;
  }
  const type = schema?.entityTypes[of.value.type]?.tags;
  if (schema !== null && type === undefined) return undefined;
  const text = node.operator === "getTag" ? node.text : `${of.text}.getTag(${key.text})`;
  return { holder: of.value, tag: true, at: [key.value], text, type, isRequired: false };
}

/** The place of an attribute of what `of` came to. */
export function placeBelow(
  of: Node,
  name: string,
  text: string,
  facts: Facts,
  schema: ResolvedSchema | null,
): Place | undefined {
  if (of.value instanceof Uid) {
    if (!isChangeable(of.value, facts)) return undefined;
    const declared = schema === null ? undefined : attributeOf(schema.entityTypes[of.value.type], name);
    if (schema !== null && declared === undefined) return undefined;
    return { holder: of.value, tag: false, at: [name], text, ...typing(declared) };
  }
  if (!(of.value instanceof CedarRecord)) return undefined;
  const outer = of.operator === "variable" ? contextPlace(facts, schema) : placeOf(of, facts, schema);
  if (outer === undefined) return undefined;
  const declared =
    outer.type?.type === "Record" ? attributeOf({ attributes: outer.type.attributes }, name) : undefined;
  if (outer.type !== undefined && declared === undefined) return undefined;
  return { ...outer, at: [...outer.at, name], text, ...typing(declared) };
}

function typing(declared: AttributeSchema | undefined): Pick<Place, "type" | "isRequired"> {
  return { type: declared?.type, isRequired: declared?.required ?? false };
}

function contextPlace({ request }: Facts, schema: ResolvedSchema | null): Place {
  const type = schema?.actions[request.action.toString()]?.context;
  return { holder: null, tag: false, at: [], text: "context", type, isRequired: true };
}

function attributeOf(
  declared: { attributes: Record<string, AttributeSchema> } | undefined,
  name: string,
): AttributeSchema | undefined {
  return declared !== undefined && Object.hasOwn(declared.attributes, name)
    ? declared.attributes[name]
    : undefined;
}

/** Actions are the schema's, and of an entity that a record doesn't hold nothing is known. */
function isChangeable(uid: EntityUid, { entities }: Facts): boolean {
  if (uid.type === "Action" || uid.type.endsWith("::Action")) return false;
  return entities.complete || entities.get(uid) !== undefined;
}

export function readPlace({ holder, tag, at }: Place, { request, entities }: Facts): Value | undefined {
  const entity = holder === null ? undefined : entities.get(holder);
  let value: Value | undefined = holder === null ? request.context : tag ? entity?.tags : entity?.attrs;
  for (const name of at) value = value instanceof CedarRecord ? value.get(name) : undefined;
  return value;
}

/** The change of a place's value to another; undefined where the schema has no room for it. */
export function changeOf(
  place: Place,
  to: Value | undefined,
  original: Facts,
  schema: ResolvedSchema | null,
): ValueChange | undefined {
  if (to === undefined ? place.isRequired : !fits(to, place, schema)) return undefined;
  const from = readPlace(place, original);
  return {
    kind: to === undefined ? "remove" : "set",
    path: place.text,
    entity: place.holder === null ? null : place.holder.toString(),
    at: place.at,
    tag: place.tag,
    ...(from === undefined ? {} : { from: encodeValue(from) }),
    ...(to === undefined ? {} : { to: encodeValue(to) }),
  };
}

function fits(value: Value, { type }: Place, schema: ResolvedSchema | null): boolean {
  return schema === null || type === undefined || conforms(value, type, schema);
}
