import {
  CedarRecord,
  CedarSet,
  Datetime,
  Decimal,
  Duration,
  EntityUid,
  IpAddr,
  type ResolvedSchema,
  type SchemaType,
  type Value,
} from "@cordon/engine";

/** Whether the schema lets a value stand where it declares this type. */
export function conforms(value: Value, type: SchemaType, schema: ResolvedSchema): boolean {
  switch (type.type) {
    case "Boolean":
      return typeof value === "boolean";
    case "Long":
      return typeof value === "number" || typeof value === "bigint";
    case "String":
      return typeof value === "string";
    case "Set":
      return value instanceof CedarSet && [...value].every((e) => conforms(e, type.element, schema));
    case "Entity":
      return value instanceof EntityUid && value.type === type.name && isNamed(value, schema);
    case "Extension":
      return isExtension(value, type.name);
    case "Record":
      return value instanceof CedarRecord && recordConforms(value, type.attributes, schema);
  }
}

/** Of an enumerated type, only the ids listed exist. */
function isNamed(uid: EntityUid, schema: ResolvedSchema): boolean {
  const names = schema.entityTypes[uid.type]?.enum;
  return names === undefined || names.includes(uid.id);
}

function recordConforms(
  record: CedarRecord,
  attributes: (SchemaType & { type: "Record" })["attributes"],
  schema: ResolvedSchema,
): boolean {
  for (const [name, value] of record) {
    const declared = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (declared === undefined || !conforms(value, declared.type, schema)) return false;
  }
  return Object.entries(attributes).every(([name, { required }]) => !required || record.has(name));
}

function isExtension(value: Value, name: (SchemaType & { type: "Extension" })["name"]): boolean {
  switch (name) {
    case "decimal":
      return value instanceof Decimal;
    case "ipaddr":
      return value instanceof IpAddr;
    case "datetime":
      return value instanceof Datetime;
    case "duration":
      return value instanceof Duration;
  }
}

/**
 * A value of the type to begin with, from which a search goes on; undefined where there is none, as of an
 * entity type without entities.
 */
export function anyValue(
  type: SchemaType | undefined,
  entityOf: (type: string) => EntityUid | undefined,
): Value | undefined {
  switch (type?.type) {
    case undefined:
    case "Boolean":
      return true;
    case "Long":
      return 0;
    case "String":
      return "";
    case "Set":
      return CedarSet.EMPTY;
    case "Entity":
      return entityOf(type.name);
    case "Extension":
      return anyExtension(type.name);
    case "Record": {
      const members = new Map<string, Value>();
      for (const [name, { type: inner, required }] of Object.entries(type.attributes)) {
        if (!required) continue;
        const value = anyValue(inner, entityOf);
        if (value === undefined) return undefined;
        members.set(name, value);
      }
      return new CedarRecord(members);
    }
  }
}

function anyExtension(name: (SchemaType & { type: "Extension" })["name"]): Value {
  switch (name) {
    case "decimal":
      return Decimal.parse("0.0");
    case "ipaddr":
      return IpAddr.parse("0.0.0.0");
    case "datetime":
      return new Datetime(0);
    case "duration":
      return new Duration(0);
  }
}
