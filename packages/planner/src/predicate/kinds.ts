import type { SchemaType } from "@cordon/engine";
import type { Literal, Term } from "./types.js";

/** What decides whether two values can be equal or ordered: values of different kinds never are. */
export type Kind =
  | "String"
  | "Boolean"
  | "Long"
  | "datetime"
  | "duration"
  | "decimal"
  | "ipaddr"
  | "Set"
  | "Record"
  | `Entity ${string}`;

export function kindOfType(type: SchemaType): Kind {
  switch (type.type) {
    case "Entity":
      return `Entity ${type.name}`;
    case "Extension":
      return type.name;
    default:
      return type.type;
  }
}

export function kindOfLiteral(literal: Literal): Kind {
  return literal.type === "Entity" ? `Entity ${literal.name}` : literal.type;
}

export function kindOf(term: Term): Kind {
  switch (term.kind) {
    case "literal":
      return kindOfLiteral(term.value);
    case "row":
    case "session":
    case "attribute":
    case "tag":
      return kindOfType(term.type);
    case "arithmetic":
      return "Long";
    case "call":
      return FUNCTION_KINDS[term.fn];
  }
}

const FUNCTION_KINDS = {
  offset: "datetime",
  durationSince: "duration",
  toDate: "datetime",
  toTime: "duration",
  toMilliseconds: "Long",
  toSeconds: "Long",
  toMinutes: "Long",
  toHours: "Long",
  toDays: "Long",
} as const satisfies Record<(Term & { kind: "call" })["fn"], Kind>;

/** Undefined for what isn't an entity. */
export function entityTypeOf(kind: Kind): string | undefined {
  return kind.startsWith("Entity ") ? kind.slice("Entity ".length) : undefined;
}

/** Of the elements of a set; undefined for what isn't a set, and for literal ones of no or several kinds. */
export function elementKind(term: Term): Kind | undefined {
  if (term.kind === "literal") {
    if (term.value.type !== "Set") return undefined;
    const kinds = new Set(term.value.elements.map(kindOfLiteral));
    return kinds.size === 1 ? [...kinds][0] : undefined;
  }
  if (term.kind !== "attribute" && term.kind !== "tag") return undefined;
  return term.type.type === "Set" ? kindOfType(term.type.element) : undefined;
}
