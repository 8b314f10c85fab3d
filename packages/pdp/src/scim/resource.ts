import { randomUUID } from "node:crypto";
import { type JsonObject, type JsonValue, stringifyJson } from "@cordon/engine/json";
import { attributeOf, bare, isObject, keyOf } from "./attributes.js";
import { ScimError } from "./scim-error.js";

export type ScimKind = "User" | "Group";

/** A user or group as it is kept. */
export interface Stored {
  readonly id: string;
  readonly kind: ScimKind;
  readonly version: number;
  readonly created: string;
  readonly modified: string;
  /** What the provider said, without what the server manages. */
  readonly attributes: JsonObject;
}

export const SCHEMA_URNS: Readonly<Record<ScimKind, string>> = {
  User: "urn:ietf:params:scim:schemas:core:2.0:User",
  Group: "urn:ietf:params:scim:schemas:core:2.0:Group",
};

/** Attributes that are looked for by these spellings, whatever the provider's. */
const KNOWN: Readonly<Record<ScimKind, readonly string[]>> = {
  User: ["userName", "externalId", "displayName", "active", "name", "emails", "schemas"],
  Group: ["displayName", "externalId", "members", "schemas"],
};
/** The server's own, and what must never be kept. */
const DROPPED = new Set(["id", "meta", "groups", "password"]);
const MAX_BYTES = 4 * 1024 * 1024;

/** The attribute that names a resource, unique among its kind. */
export function nameAttribute(kind: ScimKind): "userName" | "displayName" {
  return kind === "User" ? "userName" : "displayName";
}

/** Names are the same whatever their case. */
export function nameOf({ kind, attributes }: Pick<Stored, "kind" | "attributes">): string {
  return String(attributes[nameAttribute(kind)]).toLowerCase();
}

/**
 * What a body says of a resource, in one spelling.
 *
 * @throws ScimError for one that is none
 */
export function readResource(kind: ScimKind, body: JsonValue): JsonObject {
  if (!isObject(body)) throw new ScimError(400, "invalidSyntax", "the body is no object");
  const attributes = bare();
  for (const given of Object.keys(body)) {
    const name = KNOWN[kind].find((known) => known.toLowerCase() === given.toLowerCase()) ?? given;
    const value = body[given];
    if (value === undefined || value === null || DROPPED.has(name.toLowerCase())) continue;
    attributes[name] = value;
  }
  attributes.schemas = schemasOf(kind, attributes);
  checkName(kind, attributes);
  checkText(attributes, "externalId");
  if (kind === "User") attributes.active = activeOf(attributes.active);
  else if (attributes.members !== undefined) attributes.members = membersOf(attributes.members);
  if (Buffer.byteLength(stringifyJson(attributes)) > MAX_BYTES) {
    throw new ScimError(400, "invalidValue", "the resource is too large");
  }
  return attributes;
}

export function newResource(kind: ScimKind, attributes: JsonObject, now: string): Stored {
  return { id: randomUUID(), kind, version: 1, created: now, modified: now, attributes };
}

/** The ids of a group's members; of a user none. */
export function memberIds({ attributes }: Pick<Stored, "attributes">): string[] {
  const { members } = attributes;
  return Array.isArray(members) ? members.flatMap((one) => (isObject(one) ? [String(one.value)] : [])) : [];
}

/** The same group without some members. */
export function withoutMembers(group: Stored, gone: ReadonlySet<string>, now: string): Stored {
  const { members } = group.attributes;
  const rest = Array.isArray(members)
    ? members.filter((one) => !isObject(one) || !gone.has(String(one.value)))
    : [];
  const attributes = bare(Object.entries(group.attributes));
  attributes.members = rest;
  return { ...group, attributes, version: group.version + 1, modified: now };
}

function schemasOf(kind: ScimKind, attributes: JsonObject): JsonValue {
  const extensions = Object.keys(attributes).filter((name) => name.toLowerCase().startsWith("urn:"));
  return [SCHEMA_URNS[kind], ...extensions];
}

function checkName(kind: ScimKind, attributes: JsonObject): void {
  const name = nameAttribute(kind);
  const value = attributes[name];
  if (typeof value !== "string" || value.trim() === "") {
    throw new ScimError(400, "invalidValue", `\`${name}\` must be text`);
  }
}

function checkText(attributes: JsonObject, name: string): void {
  const key = keyOf(attributes, name);
  if (key !== undefined && typeof attributes[key] !== "string") {
    throw new ScimError(400, "invalidValue", `\`${name}\` must be text`);
  }
}

/** One provider writes `"False"`. Whoever isn't said to be active or not is. */
function activeOf(value: JsonValue | undefined): boolean {
  if (value === undefined || value === true) return true;
  if (value === false) return false;
  if (typeof value === "string" && /^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
  throw new ScimError(400, "invalidValue", "`active` must be true or false");
}

function membersOf(value: JsonValue): JsonValue {
  if (!Array.isArray(value)) throw new ScimError(400, "invalidValue", "`members` must be a list");
  const members = new Map<string, JsonValue>();
  for (const member of value) {
    const id = isObject(member) ? attributeOf(member, "value") : undefined;
    if (typeof id !== "string") throw new ScimError(400, "invalidValue", "a member has no `value`");
    members.set(id, bare([["value", id]]));
  }
  return [...members.values()];
}
