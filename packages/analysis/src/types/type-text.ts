import type { AttributeSchema, ResolvedSchema, SchemaType } from "@cordon/engine";

/** The aliases of `@cordon/engine/typed` that a text makes use of. */
export type Used = Set<string>;

const EXTENSIONS = {
  ipaddr: "IpAddress",
  decimal: "Decimal",
  datetime: "Datetime",
  duration: "Duration",
} as const;

/** Writes down types of a schema as a caller gives their values in JSON. */
export class TypeText {
  readonly used: Used = new Set();
  readonly #schema: ResolvedSchema;

  constructor(schema: ResolvedSchema) {
    this.#schema = schema;
  }

  /** @param indent of the line in which the type begins */
  of(type: SchemaType, indent: string): string {
    switch (type.type) {
      case "Boolean":
        return "boolean";
      case "String":
        return "string";
      case "Long":
        return this.#alias("Long");
      case "Extension":
        return this.#alias(EXTENSIONS[type.name]);
      case "Set":
        return `${this.#alias("Elements")}<${this.of(type.element, indent)}>`;
      case "Entity":
        return this.#reference(type.name);
      case "Record":
        return this.record(type.attributes, indent);
    }
  }

  record(attributes: Readonly<Record<string, AttributeSchema>>, indent: string): string {
    const names = Object.keys(attributes).sort(byCodeUnits);
    if (names.length === 0) return "Record<string, never>";
    const inner = `${indent}  `;
    const lines = names.map((name) => {
      const { type, required } = attributes[name] as AttributeSchema;
      return `${inner}${key(name)}${required ? "" : "?"}: ${this.of(type, inner)};`;
    });
    return ["{", ...lines, `${indent}}`].join("\n");
  }

  /** `string`, or the ids that an enumerated type has. */
  idOf(type: string): string {
    const ids = this.#schema.entityTypes[type]?.enum;
    return ids === undefined ? "string" : ids.map((id) => JSON.stringify(id)).join(" | ");
  }

  #reference(type: string): string {
    const id = this.idOf(type);
    return `${this.#alias("Reference")}<${JSON.stringify(type)}${id === "string" ? "" : `, ${id}`}>`;
  }

  #alias(name: string): string {
    this.used.add(name);
    return name;
  }
}

/** A name as a member's key: quoted where it must be. */
export function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
