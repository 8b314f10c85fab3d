import { isEntityTypeName, type SchemaType } from "@cordon/engine";
import { Members, quote } from "./members.js";
import type {
  AttributeMapping,
  ColumnMapping,
  ColumnStorage,
  EntityMapping,
  IdStorage,
  ParentMapping,
  TagMapping,
} from "./types.js";

export const ID_STORAGES: readonly IdStorage[] = ["text", "integer", "uuid"];
export const COLUMN_STORAGES: readonly ColumnStorage[] = [
  ...ID_STORAGES,
  "timestamptz",
  "timestamp",
  "milliseconds",
  "numeric",
  "units",
  "inet",
  "array",
  "json",
];

/** Cedar types by the names that a mapping without a schema uses. */
const TYPE_NAMES: Readonly<Record<string, SchemaType>> = {
  String: { type: "String" },
  Long: { type: "Long" },
  Bool: { type: "Boolean" },
  Boolean: { type: "Boolean" },
  datetime: { type: "Extension", name: "datetime" },
  duration: { type: "Extension", name: "duration" },
  decimal: { type: "Extension", name: "decimal" },
  ipaddr: { type: "Extension", name: "ipaddr" },
};

/**
 * Reads the `types` of a `sql` source: an object of mappings by Cedar type. Short forms are written out: text for
 * an attribute or id is its column.
 *
 *     Ticket:
 *       table: app.tickets
 *       id: { column: id, as: integer }
 *       attributes:
 *         title: title
 *         customer: { column: customer_id, as: integer }
 *         labels: { table: ticket_labels, owner: ticket_id, value: label }
 *         shift: { members: { start: shift_start, end: shift_end } }
 *       parents:
 *         - { type: Customer, column: customer_id }
 *       tags: { table: ticket_tags, entity: ticket_id, key: key, value: value }
 *
 * @throws PlanError `mapping_invalid`, with the JSON pointer of the offending member
 */
export function parseMappings(json: unknown, path = ""): EntityMapping[] {
  const types = Members.of(json, path, "mappings by entity type");
  return types.names().map((type) => {
    if (!isEntityTypeName(type)) throw types.error(type, `${quote(type)} is not the name of an entity type`);
    return parseMapping(type, types.raw(type), types.pathTo(type));
  });
}

function parseMapping(type: string, json: unknown, path: string): EntityMapping {
  const members = Members.of(json, path, "a mapping");
  members.only(["table", "query", "id", "attributes", "parents", "tags"]);
  const id = parseId(members);
  const tags = members.raw("tags");
  const common = {
    type,
    ...id,
    attributes: parseAttributes(members),
    parents: members.list("parents").map((parent, i) => parseParent(parent, `${path}/parents/${i}`)),
    ...(tags === undefined ? {} : { tags: parseTags(tags, members.pathTo("tags")) }),
  };
  if (members.has("table") === members.has("query")) {
    throw members.error(undefined, "expected either `table` or `query`");
  }
  if (members.has("table")) return { ...common, table: members.table("table") };
  const query = members.text("query");
  if (!/:ids\b/.test(query)) throw members.error("query", "expected a query with the placeholder `:ids`");
  return { ...common, query };
}

function parseId(members: Members): Pick<EntityMapping, "id" | "idAs" | "idExact"> {
  if (typeof members.raw("id") === "string") return { id: members.text("id") };
  const id = Members.of(members.raw("id"), members.pathTo("id"), "a column");
  id.only(["column", "as", "exact"]);
  return {
    id: id.text("column"),
    ...(id.has("as") ? { idAs: id.oneOf("as", ID_STORAGES) } : {}),
    ...(id.has("exact") ? { idExact: id.flag("exact") } : {}),
  };
}

function parseAttributes(members: Members): Record<string, AttributeMapping> {
  const attributes: Record<string, AttributeMapping> = Object.create(null);
  if (!members.has("attributes")) return attributes;
  const json = Members.of(members.raw("attributes"), members.pathTo("attributes"), "attributes by name");
  for (const name of json.names()) attributes[name] = parseAttribute(json.raw(name), json.pathTo(name));
  return attributes;
}

function parseAttribute(json: unknown, path: string): AttributeMapping {
  if (typeof json === "string") return { column: Members.nonEmpty(json, path) };
  const members = Members.of(json, path, "a column");
  if (members.has("members")) {
    members.only(["members"]);
    const parts = Members.of(members.raw("members"), members.pathTo("members"), "columns by member");
    const record: Record<string, ColumnMapping> = Object.create(null);
    for (const name of parts.names()) record[name] = parseColumn(parts.raw(name), parts.pathTo(name));
    return { members: record };
  }
  if (!members.has("table")) return parseColumn(json, path);
  members.only(["table", "owner", "value", "as", "entity", "type"]);
  return {
    table: members.table("table"),
    owner: members.text("owner"),
    value: members.text("value"),
    ...typing(members),
  };
}

function parseColumn(json: unknown, path: string): ColumnMapping {
  if (typeof json === "string") return { column: Members.nonEmpty(json, path) };
  const members = Members.of(json, path, "a column");
  members.only(["column", "as", "entity", "type", "exact"]);
  return {
    column: members.text("column"),
    ...typing(members),
    ...(members.has("exact") ? { exact: members.flag("exact") } : {}),
  };
}

function typing(members: Members): { as?: ColumnStorage; entity?: string; type?: SchemaType } {
  return {
    ...(members.has("as") ? { as: members.oneOf("as", COLUMN_STORAGES) } : {}),
    ...(members.has("entity") ? { entity: members.typeName("entity") } : {}),
    ...(members.has("type") ? { type: parseType(members, "type") } : {}),
  };
}

/** `Long`, `Set<String>`, or the name of an entity type. */
function parseType(members: Members, name: string): SchemaType {
  const text = members.text(name);
  const element = /^Set<(.+)>$/.exec(text)?.[1];
  const inner = TYPE_NAMES[element ?? text] ?? { type: "Entity", name: element ?? text };
  if (inner.type === "Entity" && !isEntityTypeName(inner.name)) {
    throw members.error(name, `${quote(text)} is not a type`);
  }
  return element === undefined ? inner : { type: "Set", element: inner };
}

function parseParent(json: unknown, path: string): ParentMapping {
  const members = Members.of(json, path, "a parent");
  const type = members.typeName("type");
  if (members.has("table")) {
    members.only(["type", "table", "child", "parent"]);
    return {
      type,
      table: members.table("table"),
      child: members.text("child"),
      parent: members.text("parent"),
    };
  }
  members.only(["type", "column", "as", "exact"]);
  return {
    type,
    column: members.text("column"),
    ...(members.has("as") ? { as: members.oneOf("as", ID_STORAGES) } : {}),
    ...(members.has("exact") ? { exact: members.flag("exact") } : {}),
  };
}

function parseTags(json: unknown, path: string): TagMapping {
  const members = Members.of(json, path, "a table of tags");
  members.only(["table", "entity", "key", "value", "as", "type"]);
  return {
    table: members.table("table"),
    entity: members.text("entity"),
    key: members.text("key"),
    value: members.text("value"),
    ...(members.has("as") ? { as: members.oneOf("as", COLUMN_STORAGES) } : {}),
    ...(members.has("type") ? { type: parseType(members, "type") } : {}),
  };
}
