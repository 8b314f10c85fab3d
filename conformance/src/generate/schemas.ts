import type { Choices } from "./choices.js";
import { quote } from "./text.js";
import type { Attribute, Type, Vocabulary } from "./types.js";

/**
 * The vocabulary as a schema in Cedar's syntax. Names are written bare, qualified or with the built-in's prefix,
 * and some types by way of a common type: ways of saying one thing that must come out the same.
 */
export function schemaText(choices: Choices, vocabulary: Vocabulary): string {
  const writer = new SchemaWriter(choices, vocabulary.namespace);
  const declarations = [
    ...vocabulary.entityTypes.map(({ name, memberOf, attributes, tags, ids }) => {
      const bare = writer.bare(name);
      if (ids) return `entity ${bare} enum [${ids.map(quote).join(", ")}];`;
      const parents =
        memberOf.length > 0 ? ` in [${memberOf.map((parent) => writer.entity(parent)).join(", ")}]` : "";
      return `entity ${bare}${parents} = ${writer.record(attributes)}${tags ? ` tags ${writer.type(tags)}` : ""};`;
    }),
    ...vocabulary.actions.map(({ id, memberOf, principals, resources, context }) => {
      const parents = memberOf.length > 0 ? ` in [${memberOf.map(quote).join(", ")}]` : "";
      if (principals.length === 0) return `action ${quote(id)}${parents};`;
      const list = (names: readonly string[]) =>
        `[${[...new Set(names)].map((name) => writer.entity(name)).join(", ")}]`;
      return `action ${quote(id)}${parents} appliesTo { principal: ${list(principals)}, resource: ${list(resources)}, context: ${writer.record(context)} };`;
    }),
  ];
  const body = [...declarations, ...writer.commonTypes].join("\n");
  return vocabulary.namespace === "" ? body : `namespace ${vocabulary.namespace} {\n${body}\n}`;
}

class SchemaWriter {
  readonly commonTypes: string[] = [];
  readonly #choices: Choices;
  readonly #namespace: string;

  constructor(choices: Choices, namespace: string) {
    this.#choices = choices;
    this.#namespace = namespace;
  }

  bare(name: string): string {
    return this.#namespace === "" ? name : name.slice(this.#namespace.length + 2);
  }

  entity(name: string): string {
    return this.#choices.chance(0.5) ? name : this.bare(name);
  }

  type(type: Type): string {
    const written = this.#inline(type);
    if (!this.#choices.chance(0.15)) return written;
    const name = `Common${this.commonTypes.length}`;
    this.commonTypes.push(`type ${name} = ${written};`);
    return name;
  }

  record(attributes: Map<string, Attribute>): string {
    const members = [...attributes].map(
      ([name, { type, required }]) => `${quote(name)}${required ? "" : "?"}: ${this.type(type)}`,
    );
    return `{${members.join(", ")}}`;
  }

  #inline(type: Type): string {
    switch (type.kind) {
      case "Set":
        return `Set<${this.type(type.element)}>`;
      case "Record":
        return this.record(type.attributes);
      case "Entity":
        return this.entity(type.name);
      default:
        return this.#choices.chance(0.2) ? `__cedar::${type.kind}` : type.kind;
    }
  }
}
