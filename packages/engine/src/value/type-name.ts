import { Datetime, Duration } from "./datetime.js";
import { Decimal } from "./decimal.js";
import { EntityUid } from "./entity-uid.js";
import { CedarRecord } from "./record.js";
import { CedarSet } from "./set.js";
import type { Value } from "./types.js";

/** The name of a value's type in Cedar's error messages. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "string":
      return "string";
    case "number":
    case "bigint":
      return "long";
    default:
      if (value instanceof EntityUid) return `(entity of type \`${value.type}\`)`;
      if (value instanceof CedarSet) return "set";
      if (value instanceof CedarRecord) return "record";
      return extensionTypeName(value) ?? "ipaddr";
  }
}

function extensionTypeName(value: Value): string | undefined {
  if (value instanceof Decimal) return "decimal";
  if (value instanceof Datetime) return "datetime";
  return value instanceof Duration ? "duration" : undefined;
}
