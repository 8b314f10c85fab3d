import type { SchemaType } from "@cordon/engine";
import type { CallValue } from "./call.js";

type Members = { readonly [name: string]: CallValue };

const CONSTRUCTORS = {
  ipaddr: "ip",
  decimal: "decimal",
  datetime: "datetime",
  duration: "duration",
} as const;

/**
 * Where a schema expects an entity or an extension value, Cedar lets its JSON do without the `__entity` and
 * `__extn` that tell it from a record or a string. This writes them, so that a value means the same without
 * the schema. Anything else stays as it is, even if the schema expects something else: Cedar reads a context
 * so where the request isn't validated.
 */
export function explicitForm(value: CallValue, type: SchemaType | undefined): CallValue {
  switch (type?.type) {
    case "Entity":
      return isRecord(value) ? { __entity: typeAndId(value) } : value;
    case "Extension":
      return { __extn: extensionCall(value, CONSTRUCTORS[type.name]) };
    case "Set":
      return Array.isArray(value) ? value.map((element) => explicitForm(element, type.element)) : value;
    case "Record":
      return isRecord(value) ? explicitRecord(value, (name) => type.attributes[name]?.type) : value;
    default:
      return value;
  }
}

function explicitRecord(value: Members, typeOf: (name: string) => SchemaType | undefined): Members {
  // Without a prototype: an attribute may be called `__proto__`.
  const explicit: Record<string, CallValue> = Object.create(null);
  for (const [name, member] of Object.entries(value)) explicit[name] = explicitForm(member, typeOf(name));
  return explicit;
}

/** Where an entity is expected, whatever stands beside `type` and `id`, or beside `__entity`, is ignored. */
function typeAndId(value: Members): Members {
  const { type, id } = isRecord(value.__entity) ? value.__entity : value;
  return { type: type ?? null, id: id ?? null };
}

function extensionCall(value: CallValue, constructorName: string): Members {
  const written = isRecord(value) && isRecord(value.__extn) ? value.__extn : value;
  if (!isRecord(written) || typeof written.fn !== "string") return { fn: constructorName, arg: value };
  const { fn, arg, args } = written;
  if (arg !== undefined) return { fn, arg };
  return args === undefined ? { fn: constructorName, arg: value } : { fn, args };
}

function isRecord(value: CallValue | undefined): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
