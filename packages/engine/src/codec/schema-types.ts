import type { AttributeSchema, SchemaType } from "../schema.js";
import { Datetime, Duration } from "../value/datetime.js";
import { Decimal } from "../value/decimal.js";
import { EntityUid } from "../value/entity-uid.js";
import { IpAddr } from "../value/ip-addr.js";
import { CedarRecord } from "../value/record.js";
import { CedarSet } from "../value/set.js";
import { compareText } from "../value/text.js";
import type { Value } from "../value/types.js";

const EXTENSION_CLASSES = {
  ipaddr: IpAddr,
  decimal: Decimal,
  datetime: Datetime,
  duration: Duration,
} as const;

const requiredByAttributes = new WeakMap<object, readonly string[]>();

/** The required ones among declared attributes; looked for once a schema. */
export function requiredNames(attributes: Readonly<Record<string, AttributeSchema>>): readonly string[] {
  let names = requiredByAttributes.get(attributes);
  if (names === undefined) {
    names = Object.keys(attributes).filter((name) => attributes[name]?.required);
    requiredByAttributes.set(attributes, names);
  }
  return names;
}

/** Whether a value is of a type, looking at this level only: what is inside is checked where it is read. */
export function hasType(value: Value, type: SchemaType): boolean {
  switch (type.type) {
    case "Boolean":
      return typeof value === "boolean";
    case "Long":
      return typeof value === "number" || typeof value === "bigint";
    case "String":
      return typeof value === "string";
    case "Set":
      return value instanceof CedarSet;
    case "Record":
      return value instanceof CedarRecord;
    case "Entity":
      return value instanceof EntityUid && value.type === type.name;
    case "Extension":
      return value instanceof EXTENSION_CLASSES[type.name];
  }
}

/** A type as Cedar words it in its messages. */
export function expectedTypeName(type: SchemaType): string {
  switch (type.type) {
    case "Boolean":
      return "bool";
    case "Long":
    case "String":
      return type.type.toLowerCase();
    case "Set":
      return `[${expectedTypeName(type.element)}]`;
    case "Record": {
      const members = Object.entries(type.attributes).sort(([a], [b]) => compareText(a, b));
      const texts = members.map(
        ([name, { type: member, required }]) =>
          `${JSON.stringify(name)} => (${required ? "required" : "optional"}) ${expectedTypeName(member)}`,
      );
      return `{ ${texts.join(", ")} }`;
    }
    case "Entity":
      return `\`${type.name}\``;
    case "Extension":
      return type.name;
  }
}
