import { decodeAt, decodeRecord, decodeUid, decodeUidAt } from "../codec/decode-value.js";
import type { EntityData } from "../entities/types.js";
import { EngineError } from "../errors.js";
import { pathOf, pointer, type Site, siteAt, within } from "../pointer.js";
import type { EntityTypeSchema, ResolvedSchema } from "../schema.js";
import type { EntityUid } from "../value/entity-uid.js";
import { CedarRecord } from "../value/record.js";
import { quoteText } from "../value/text.js";
import type { CedarValueJson, Value } from "../value/types.js";
import { requiredNames } from "./schema-types.js";

type JsonRecord = Readonly<Record<string, CedarValueJson>>;

/**
 * Reads an entity from Cedar's entity JSON, `{uid, attrs, parents, tags}`; all but `uid` may be left out.
 * With a schema, values are read by its types and the entity must conform to it.
 *
 * @param path JSON pointer of `json`, for errors
 * @throws EngineError with the JSON pointer of what is wrong
 */
export function decodeEntity(json: unknown, schema: ResolvedSchema | null, path = ""): EntityData {
  const site = siteAt(path);
  const object = readObject(json, site);
  const uid = decodeUidAt(object.uid, within(site, "uid"));
  const parents = readParents(object.parents, within(site, "parents"));
  const attrs = readObject(object.attrs ?? {}, within(site, "attrs"));
  const tags = readObject(object.tags ?? {}, within(site, "tags"));
  if (schema === null) {
    return {
      uid,
      parents,
      attrs: decodeRecord(attrs, undefined, pointer(path, "attrs")),
      tags: decodeRecord(tags, undefined, pointer(path, "tags")),
    };
  }
  if (isActionType(uid.type)) return decodeAction(uid, parents, schema, site);
  const type = entityType(uid, schema, within(site, "uid"));
  checkParents(uid, parents, type, within(site, "parents"));
  return {
    uid,
    parents,
    attrs: readAttributes(uid, attrs, type, within(site, "attrs")),
    tags: readTags(uid, tags, type, within(site, "tags")),
  };
}

function readObject(json: unknown, site: Site): JsonRecord {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as JsonRecord;
  throw invalid("expected an object", site);
}

function readParents(json: unknown, site: Site): EntityUid[] {
  if (json === undefined) return [];
  if (!Array.isArray(json)) throw invalid("expected an array of parents", site);
  return json.map((parent, index) => decodeUidAt(parent, within(site, index)));
}

function isActionType(type: string): boolean {
  return type === "Action" || type.endsWith("::Action");
}

/** Actions are the schema's own: an entity may repeat what the schema says, no more. */
function decodeAction(uid: EntityUid, parents: EntityUid[], schema: ResolvedSchema, site: Site): EntityData {
  const key = uid.toString();
  const action = Object.hasOwn(schema.actions, key) ? schema.actions[key] : undefined;
  if (action === undefined) {
    throw invalid(`found action entity \`${uid}\`, but it was not declared as an action in the schema`, site);
  }
  const declared = action.memberOf.map((parent, index) => decodeUid(parent, pointer("/memberOf", index)));
  const same =
    parents.length === declared.length &&
    parents.every((parent) => declared.some((other) => other.equals(parent)));
  if (same) return { uid, parents };
  throw invalid(
    `definition of action \`${uid}\` does not match its schema declaration`,
    site,
    `to use the schema's definition of \`${uid}\`, simply omit it from the entities input data`,
  );
}

function entityType(uid: EntityUid, schema: ResolvedSchema, site: Site): EntityTypeSchema {
  const type = Object.hasOwn(schema.entityTypes, uid.type) ? schema.entityTypes[uid.type] : undefined;
  if (type === undefined) {
    throw invalid(`entity \`${uid}\` has type \`${uid.type}\` which is not declared in the schema`, site);
  }
  if (type.enum !== undefined && !type.enum.includes(uid.id)) {
    throw invalid(
      `entity \`${uid}\` is of an enumerated entity type, but \`${quoteText(uid.id)}\` is not declared as a valid eid`,
      site,
      `valid entity eids: ${type.enum.map(quoteText).join(", ")}`,
    );
  }
  return type;
}

function checkParents(
  uid: EntityUid,
  parents: readonly EntityUid[],
  type: EntityTypeSchema,
  site: Site,
): void {
  for (const [index, parent] of parents.entries()) {
    if (type.memberOfTypes.includes(parent.type)) continue;
    throw invalid(
      `\`${uid}\` is not allowed to have an ancestor of type \`${parent.type}\` according to the schema`,
      within(site, index),
    );
  }
}

function readAttributes(uid: EntityUid, json: JsonRecord, type: EntityTypeSchema, site: Site): CedarRecord {
  const attrs = new Map<string, Value>();
  for (const name of Object.keys(json)) {
    const value = json[name] as CedarValueJson;
    const declared = Object.hasOwn(type.attributes, name) ? type.attributes[name] : undefined;
    if (declared === undefined) {
      throw invalid(
        `attribute \`${name}\` on \`${uid}\` should not exist according to the schema`,
        within(site, name),
      );
    }
    attrs.set(name, decodeAt(value, declared.type, within(site, name)));
  }
  for (const name of requiredNames(type.attributes)) {
    if (!attrs.has(name)) {
      throw invalid(`expected entity \`${uid}\` to have attribute \`${name}\`, but it does not`, site);
    }
  }
  return new CedarRecord(attrs);
}

function readTags(uid: EntityUid, json: JsonRecord, type: EntityTypeSchema, site: Site): CedarRecord {
  const tags = new Map<string, Value>();
  for (const [name, value] of Object.entries(json)) {
    if (type.tags === undefined) {
      throw invalid(
        `found a tag \`${name}\` on \`${uid}\`, but no tags should exist on \`${uid}\` according to the schema`,
        within(site, name),
      );
    }
    tags.set(name, decodeAt(value, type.tags, within(site, name)));
  }
  return new CedarRecord(tags);
}

function invalid(message: string, site: Site, help: string | null = null): EngineError {
  return new EngineError("entity_invalid", message, { path: pathOf(site), help });
}
