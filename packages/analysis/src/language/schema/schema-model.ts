import type { Document } from "../text/documents.js";
import type {
  ActionDeclaration,
  Declaration,
  EntityDeclaration,
  TypeDeclaration,
  TypeSyntax,
} from "./declarations.js";
import { parseDeclarations } from "./schema-parser.js";
import { type LiveAttribute, type LiveType, type PrimitiveName, UNKNOWN_TYPE } from "./types.js";
import { qualified, uidName } from "./uid-names.js";

/** An entity type as the schema has it, its names resolved. */
export interface EntityModel {
  readonly name: string;
  readonly declaration: EntityDeclaration;
  readonly parents: readonly string[];
  readonly attributes: readonly LiveAttribute[];
  readonly tags: LiveType | null;
}

export interface ActionModel {
  /** `NS::Action::"read"`. */
  readonly uid: string;
  readonly type: string;
  readonly id: string;
  readonly declaration: ActionDeclaration;
  /** Uids of its groups. */
  readonly memberOf: readonly string[];
  readonly principals: readonly string[];
  readonly resources: readonly string[];
  readonly context: readonly LiveAttribute[];
}

const PRIMITIVES: Readonly<Record<string, PrimitiveName>> = {
  Bool: "Bool",
  Boolean: "Bool",
  Long: "Long",
  String: "String",
  ipaddr: "ipaddr",
  decimal: "decimal",
  datetime: "datetime",
  duration: "duration",
};

/** How deep common types may stand for one another: one that stands for itself ends here. */
const MAX_DEPTH = 24;

/**
 * A schema for those who write against it: of a broken one whatever can be made out, of a valid one the same as
 * Cedar's own reading, with the places and comments that that one lacks. A test holds the two equal.
 */
export class SchemaModel {
  readonly path: string;
  readonly text: string;
  readonly declarations: readonly Declaration[];
  readonly entities = new Map<string, EntityModel>();
  readonly actions = new Map<string, ActionModel>();
  readonly commonTypes = new Map<string, TypeDeclaration>();
  readonly #entityNames = new Set<string>();

  constructor(document: Document) {
    this.path = document.path;
    this.text = document.text;
    this.declarations = parseDeclarations(document.text, document.tokens);
    for (const declaration of this.declarations) {
      const name = qualified(declaration.namespace, declaration.name);
      if (declaration.kind === "entity") this.#entityNames.add(name);
      else if (declaration.kind === "type") this.commonTypes.set(name, declaration);
    }
    for (const declaration of this.declarations) this.#add(declaration);
  }

  #add(declaration: Declaration): void {
    const { namespace, name } = declaration;
    if (declaration.kind === "entity") {
      const full = qualified(namespace, name);
      this.entities.set(full, {
        name: full,
        declaration,
        parents: declaration.parents.map((parent) => this.entityName(parent.name, namespace)),
        attributes: this.#record(declaration.attributes, namespace),
        tags: declaration.tags === null ? null : this.type(declaration.tags, namespace),
      });
    } else if (declaration.kind === "action") {
      const type = qualified(namespace, "Action");
      const uid = uidName(type, name);
      this.actions.set(uid, {
        uid,
        type,
        id: name,
        declaration,
        memberOf: declaration.memberOf.map((group) =>
          uidName(group.type === null ? type : qualified(namespace, group.type), group.id),
        ),
        principals: declaration.principals.map((used) => this.entityName(used.name, namespace)),
        resources: declaration.resources.map((used) => this.entityName(used.name, namespace)),
        context: this.#record(declaration.context, namespace),
      });
    }
  }

  /** The full name of an entity type as it is used in a namespace. */
  entityName(name: string, namespace: string): string {
    const full = qualified(namespace, name);
    return this.#entityNames.has(full) ? full : name;
  }

  /** What a name means where types are wanted: a common type before an entity type, its own namespace first. */
  resolve(name: string, namespace: string): { kind: "type" | "entity"; name: string } | null {
    for (const candidate of new Set([qualified(namespace, name), name])) {
      if (this.commonTypes.has(candidate)) return { kind: "type", name: candidate };
      if (this.#entityNames.has(candidate)) return { kind: "entity", name: candidate };
    }
    return null;
  }

  type(syntax: TypeSyntax, namespace: string, depth = 0): LiveType {
    if (depth > MAX_DEPTH) return UNKNOWN_TYPE;
    switch (syntax.kind) {
      case "set":
        return { kind: "set", element: this.type(syntax.element, namespace, depth + 1) };
      case "record":
        return {
          kind: "record",
          attributes: syntax.attributes.map((member) => ({
            name: member.name,
            required: member.required,
            doc: member.doc,
            type: this.type(member.type, namespace, depth + 1),
            syntax: member,
          })),
        };
      case "name":
        return this.#named(syntax.name, namespace, depth);
      case "unknown":
        return UNKNOWN_TYPE;
    }
  }

  #named(name: string, namespace: string, depth: number): LiveType {
    const meant = name.startsWith("__cedar::") ? null : this.resolve(name, namespace);
    if (meant?.kind === "entity") return { kind: "entity", name: meant.name };
    const common = meant && this.commonTypes.get(meant.name);
    if (common) return this.type(common.type, common.namespace, depth + 1);
    const bare = name.replace(/^__cedar::/, "");
    const primitive = Object.hasOwn(PRIMITIVES, bare) ? PRIMITIVES[bare] : undefined;
    return primitive === undefined ? UNKNOWN_TYPE : { kind: "primitive", name: primitive };
  }

  #record(syntax: TypeSyntax, namespace: string): readonly LiveAttribute[] {
    const type = this.type(syntax, namespace);
    return type.kind === "record" ? type.attributes : [];
  }

  /** The types that something of one type can be in, its own included. */
  ancestors(type: string): ReadonlySet<string> {
    return closure(type, (name) => this.entities.get(name)?.parents ?? []);
  }

  /** The groups that an action is in, itself included. */
  groups(uid: string): ReadonlySet<string> {
    return closure(uid, (name) => this.actions.get(name)?.memberOf ?? []);
  }
}

function closure(start: string, above: (name: string) => readonly string[]): ReadonlySet<string> {
  const seen = new Set([start]);
  // A set that is added to while it is walked is walked to its new end.
  for (const name of seen) for (const parent of above(name)) seen.add(parent);
  return seen;
}
