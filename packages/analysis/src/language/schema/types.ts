import type { AttributeSyntax } from "./declarations.js";

export type PrimitiveName = "Bool" | "Long" | "String" | "ipaddr" | "decimal" | "datetime" | "duration";

/** A type with its names resolved; of records, with the places where their attributes are declared. */
export type LiveType =
  | { readonly kind: "primitive"; readonly name: PrimitiveName }
  | { readonly kind: "entity"; readonly name: string }
  | { readonly kind: "set"; readonly element: LiveType }
  | { readonly kind: "record"; readonly attributes: readonly LiveAttribute[] }
  | { readonly kind: "unknown" };

export interface LiveAttribute {
  readonly name: string;
  readonly required: boolean;
  readonly type: LiveType;
  readonly doc: string | null;
  /** Where its name stands in the schema. */
  readonly syntax: AttributeSyntax;
}

export const UNKNOWN_TYPE: LiveType = { kind: "unknown" };
export const BOOL: LiveType = { kind: "primitive", name: "Bool" };
export const LONG: LiveType = { kind: "primitive", name: "Long" };
export const STRING: LiveType = { kind: "primitive", name: "String" };
const primitive = (name: PrimitiveName): LiveType => ({ kind: "primitive", name });

/** A type as a schema would write it; records within records are cut short. */
export function typeText(type: LiveType, depth = 0): string {
  switch (type.kind) {
    case "primitive":
    case "entity":
      return type.name;
    case "set":
      return `Set<${typeText(type.element, depth)}>`;
    case "record":
      if (type.attributes.length === 0) return "{}";
      if (depth > 1) return "{ … }";
      return `{ ${type.attributes.map((member) => memberText(member, depth + 1)).join(", ")} }`;
    case "unknown":
      return "?";
  }
}

export function memberText({ name, required, type }: LiveAttribute, depth = 0): string {
  return `${nameText(name)}${required ? "" : "?"}: ${typeText(type, depth)}`;
}

/** Cedar keeps some words for itself; those and what is no identifier are attributes by `["…"]` only. */
export function isPlainName(name: string): boolean {
  return /^[_a-zA-Z]\w*$/.test(name) && !RESERVED.has(name);
}

const RESERVED: ReadonlySet<string> = new Set([
  "true",
  "false",
  "if",
  "then",
  "else",
  "in",
  "is",
  "like",
  "has",
  "__cedar",
]);

export function nameText(name: string): string {
  return isPlainName(name) ? name : JSON.stringify(name);
}

export interface Method {
  readonly name: string;
  /** How its arguments are written, as a snippet of an editor. */
  readonly args: string;
  readonly result: LiveType;
  readonly doc: string;
}

const method = (name: string, args: string, result: LiveType, doc: string): Method => ({
  name,
  args,
  result,
  doc,
});
const SET_METHODS: readonly Method[] = [
  method("contains", "$1", BOOL, "whether the set has this element"),
  method("containsAll", "$1", BOOL, "whether the set has every element of another set"),
  method("containsAny", "$1", BOOL, "whether the set has at least one element of another set"),
  method("isEmpty", "", BOOL, "whether the set has no elements"),
];
const DECIMAL_METHODS: readonly Method[] = [
  method("lessThan", 'decimal("$1")', BOOL, "whether it is less than another decimal"),
  method("lessThanOrEqual", 'decimal("$1")', BOOL, "whether it is at most another decimal"),
  method("greaterThan", 'decimal("$1")', BOOL, "whether it is more than another decimal"),
  method("greaterThanOrEqual", 'decimal("$1")', BOOL, "whether it is at least another decimal"),
];
const IP_METHODS: readonly Method[] = [
  method("isInRange", 'ip("$1")', BOOL, "whether the address, or the whole range, is in a range"),
  method("isIpv4", "", BOOL, "whether it is an IPv4 address or range"),
  method("isIpv6", "", BOOL, "whether it is an IPv6 address or range"),
  method("isLoopback", "", BOOL, "whether it is a loopback address"),
  method("isMulticast", "", BOOL, "whether it is a multicast address"),
];
const DATETIME_METHODS: readonly Method[] = [
  method("toTime", "", primitive("duration"), "the time of day, in UTC, as a duration since midnight"),
  method("toDate", "", primitive("datetime"), "midnight, in UTC, of its day"),
  method("offset", 'duration("$1")', primitive("datetime"), "the moment a duration later"),
  method("durationSince", "$1", primitive("duration"), "the time from another moment to this one"),
];
const DURATION_METHODS: readonly Method[] = [
  method("toMilliseconds", "", LONG, "in milliseconds"),
  method("toSeconds", "", LONG, "in whole seconds"),
  method("toMinutes", "", LONG, "in whole minutes"),
  method("toHours", "", LONG, "in whole hours"),
  method("toDays", "", LONG, "in whole days"),
];

/** The methods of a type but for those of tags, which depend on the entity type. */
export function methodsOf(type: LiveType): readonly Method[] {
  if (type.kind === "set") return SET_METHODS;
  if (type.kind !== "primitive") return [];
  switch (type.name) {
    case "decimal":
      return DECIMAL_METHODS;
    case "ipaddr":
      return IP_METHODS;
    case "datetime":
      return DATETIME_METHODS;
    case "duration":
      return DURATION_METHODS;
    default:
      return [];
  }
}

export const tagMethods = (tags: LiveType): readonly Method[] => [
  method("hasTag", '"$1"', BOOL, "whether the entity has this tag"),
  method("getTag", '"$1"', tags, "the value of a tag; an error where the entity hasn't it"),
];

/** The functions that make values of extension types. */
export const CONSTRUCTORS: readonly { name: string; type: LiveType; example: string }[] = [
  { name: "ip", type: primitive("ipaddr"), example: "10.0.0.0/8" },
  { name: "decimal", type: primitive("decimal"), example: "1.5" },
  { name: "datetime", type: primitive("datetime"), example: "2026-01-01T00:00:00Z" },
  { name: "duration", type: primitive("duration"), example: "8h30m" },
];
