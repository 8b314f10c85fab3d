import type { Choices } from "./choices.js";
import { quote } from "./text.js";
import type { Action, Attribute, EntityType, Type, Vocabulary } from "./types.js";

/**
 * The vocabulary as a schema in Cedar's syntax. Names are written bare, qualified or with the built-in's prefix,
 * and some types by way of a common type: ways of saying one thing that must come out the same.
 */
export function schemaText(choices: Choices, vocabulary: Vocabulary): string {
  const namespaces = new Set([
    vocabulary.namespace,
    ...vocabulary.entityTypes.map(({ name }) => namespaceOf(name)),
  ]);
  return [...namespaces].map((namespace) => namespaceText(choices, vocabulary, namespace)).join("\n");
}

function namespaceText(choices: Choices, vocabulary: Vocabulary, namespace: string): string {
  const writer = new SchemaWriter(choices, namespace);
  const declarations = [
    ...vocabulary.entityTypes
      .filter(({ name }) => namespaceOf(name) === namespace)
      .map((type) => writer.entityType(type)),
    ...(namespace === vocabulary.namespace ? vocabulary.actions.map((action) => writer.action(action)) : []),
  ];
  const body = [...declarations, ...writer.commonTypes].join("\n");
  return namespace === "" ? body : `namespace ${namespace} {\n${body}\n}`;
}

function namespaceOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf("::"), 0));
}

/** Writes the declarations of one namespace. */
class SchemaWriter {
  readonly commonTypes: string[] = [];
  readonly #choices: Choices;
  readonly #namespace: string;

  constructor(choices: Choices, namespace: string) {
    this.#choices = choices;
    this.#namespace = namespace;
  }

  entityType({ name, memberOf, attributes, tags, ids }: EntityType): string {
    const bare = name.slice(name.lastIndexOf(":") + 1);
    if (ids) return `entity ${bare} enum [${ids.map(quote).join(", ")}];`;
    const parents = memberOf.length > 0 ? ` in ${this.#names(memberOf)}` : "";
    return `entity ${bare}${parents} = ${this.#record(attributes)}${tags ? ` tags ${this.#type(tags)}` : ""};`;
  }

  action({ id, memberOf, principals, resources, context }: Action): string {
    const parents =
      memberOf.length > 0 ? ` in [${memberOf.map((parent) => this.#actionName(parent)).join(", ")}]` : "";
    if (principals.length === 0) return `action ${quote(id)}${parents};`;
    const applies = [
      `principal: ${this.#names(principals)}`,
      `resource: ${this.#names(resources)}`,
      `context: ${this.#record(context)}`,
    ];
    return `action ${quote(id)}${parents} appliesTo { ${applies.join(", ")} };`;
  }

  #names(names: readonly string[]): string {
    return `[${[...new Set(names)].map((name) => this.#entity(name)).join(", ")}]`;
  }

  #entity(name: string): string {
    const isHere = namespaceOf(name) === this.#namespace;
    return isHere && this.#choices.chance(0.5) ? name.slice(name.lastIndexOf(":") + 1) : name;
  }

  #actionName(id: string): string {
    const qualified = this.#namespace === "" ? "Action" : `${this.#namespace}::Action`;
    return this.#choices.pick([quote(id), `Action::${quote(id)}`, `${qualified}::${quote(id)}`]);
  }

  #type(type: Type): string {
    const written = this.#inline(type);
    if (!this.#choices.chance(0.15)) return written;
    // Unlike any name of another namespace: Cedar lets no name of the empty one be hidden.
    const name = `${this.#namespace.replaceAll("::", "")}Common${this.commonTypes.length}`;
    this.commonTypes.push(`type ${name} = ${written};`);
    return this.#namespace !== "" && this.#choices.chance(0.5) ? `${this.#namespace}::${name}` : name;
  }

  #record(attributes: Map<string, Attribute>): string {
    const members = [...attributes].map(
      ([name, { type, required }]) => `${quote(name)}${required ? "" : "?"}: ${this.#type(type)}`,
    );
    return `{${members.join(", ")}}`;
  }

  #inline(type: Type): string {
    switch (type.kind) {
      case "Set":
        return `Set<${this.#type(type.element)}>`;
      case "Record":
        return this.#record(type.attributes);
      case "Entity":
        return this.#entity(type.name);
      default:
        return this.#choices.chance(0.2) ? `__cedar::${type.kind}` : type.kind;
    }
  }
}
