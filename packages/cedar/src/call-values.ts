import {
  CedarRecord,
  CedarSet,
  type CedarValueJson,
  decodeValue,
  EntityUid,
  type SchemaType,
  type Value,
} from "@cordon/engine";
import type { CallUid, CallValue } from "./call.js";

type Members = { readonly [name: string]: CallValue };

const CONSTRUCTORS = {
  ipaddr: "ip",
  decimal: "decimal",
  datetime: "datetime",
  duration: "duration",
} as const;

/**
 * Reads a value as Cedar's JSON parser does, by the schema's type where there is one. Only values that Cedar
 * accepted come here, so what fits nowhere isn't judged. Two rules are Cedar's own and easily got wrong:
 *
 * - Where an entity or an extension value is expected, `__entity` and `__extn` may be left out, and what stands
 *   beside them is ignored; where not, they count only as an object's single member, and well-formed, and
 *   otherwise are attributes like any other.
 * - Primitive types aren't insisted on: a context that isn't validated may have a string where a Long is
 *   expected.
 */
export function readValue(value: CallValue, type: SchemaType | undefined): Value {
  if (type?.type === "Entity") return readUid(value);
  if (type?.type === "Extension") return readExtension(value, CONSTRUCTORS[type.name]);
  if (Array.isArray(value)) {
    const element = type?.type === "Set" ? type.element : undefined;
    return CedarSet.of(value.map((item) => readValue(item, element)));
  }
  if (!isObject(value)) return decodeValue(value as CedarValueJson);
  const attributes = type?.type === "Record" ? type.attributes : undefined;
  return attributes === undefined ? readUntyped(value) : readMembers(value, (name) => attributes[name]?.type);
}

/** A record, or the attributes or tags of an entity. */
export function readMembers(members: Members, typeOf: (name: string) => SchemaType | undefined): CedarRecord {
  return new CedarRecord(
    new Map(Object.entries(members).map(([name, value]) => [name, readValue(value, typeOf(name))])),
  );
}

/** `{type, id}`, with or without `__entity`; Rust's JSON reader takes `[type, id]` for it as well. */
export function readUid(written: CallValue | CallUid): EntityUid {
  const uid = isObject(written) && "__entity" in written ? written.__entity : written;
  const [type, id] = Array.isArray(uid) ? uid : isObject(uid) ? [uid.type, uid.id] : [];
  return EntityUid.of(String(type), String(id));
}

function readUntyped(value: Members): Value {
  const [name, ...others] = Object.keys(value);
  if (name === "__entity" && others.length === 0 && isTypeAndId(value.__entity))
    return readUid(value.__entity);
  if (name === "__extn" && others.length === 0 && isExtensionCall(value.__extn))
    return callExtension(value.__extn);
  return readMembers(value, () => undefined);
}

function readExtension(value: CallValue, constructorName: string): Value {
  const written = isObject(value) && isExtensionCall(value.__extn) ? value.__extn : value;
  return callExtension(isExtensionCall(written) ? written : { fn: constructorName, arg: written });
}

function callExtension({ fn, arg, args }: Members): Value {
  const call = arg === undefined ? { fn, args } : { fn, arg };
  return decodeValue({ __extn: call } as CedarValueJson);
}

function isTypeAndId(value: CallValue | undefined): value is { type: string; id: string } {
  return isObject(value) && typeof value.type === "string" && typeof value.id === "string";
}

function isExtensionCall(value: CallValue | undefined): value is Members {
  return (
    isObject(value) && typeof value.fn === "string" && (value.arg !== undefined || Array.isArray(value.args))
  );
}

function isObject(value: CallValue | CallUid | undefined): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
