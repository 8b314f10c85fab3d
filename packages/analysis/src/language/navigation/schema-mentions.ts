import type { AttributeSyntax, Declaration, NameSyntax, TypeSyntax } from "../schema/declarations.js";
import type { SchemaModel } from "../schema/schema-model.js";
import { qualified, uidName } from "../schema/uid-names.js";
import type { Mention, ProjectSymbol } from "./symbol.js";

/** Everything that a schema declares and names. */
export function schemaMentions(model: SchemaModel): Mention[] {
  return model.declarations.flatMap((declaration) => new DeclarationMentions(model, declaration).all());
}

class DeclarationMentions {
  readonly #model: SchemaModel;
  readonly #declaration: Declaration;
  readonly #found: Mention[] = [];

  constructor(model: SchemaModel, declaration: Declaration) {
    this.#model = model;
    this.#declaration = declaration;
  }

  all(): Mention[] {
    const declaration = this.#declaration;
    const { namespace, name, nameSpan } = declaration;
    const full = qualified(namespace, name);
    switch (declaration.kind) {
      case "entity":
        this.#add({ kind: "type", name: full }, nameSpan, true);
        for (const parent of declaration.parents) this.#type(parent);
        this.#walk(declaration.attributes, full);
        if (declaration.tags !== null) this.#walk(declaration.tags, full);
        for (const { id, span } of declaration.enum ?? [])
          this.#add({ kind: "entity", type: full, id }, { start: span.start + 1, end: span.end - 1 }, true);
        break;
      case "action": {
        const type = qualified(namespace, "Action");
        this.#add({ kind: "action", name: uidName(type, name) }, nameSpan, true);
        for (const group of declaration.memberOf) {
          const uid = uidName(group.type === null ? type : qualified(namespace, group.type), group.id);
          this.#add({ kind: "action", name: uid }, group.span, false);
        }
        for (const used of [...declaration.principals, ...declaration.resources]) this.#type(used);
        this.#walk(declaration.context, "context");
        break;
      }
      case "type":
        this.#add({ kind: "common-type", name: full }, nameSpan, true);
        this.#walk(declaration.type, full);
    }
    return this.#found;
  }

  #add(symbol: ProjectSymbol, span: { start: number; end: number }, isDeclaration: boolean): void {
    const place = { path: this.#model.path, start: span.start, end: span.end };
    this.#found.push({ symbol, place, isDeclaration });
  }

  #type({ name, span }: NameSyntax): void {
    this.#add({ kind: "type", name: this.#model.entityName(name, this.#declaration.namespace) }, span, false);
  }

  #walk(type: TypeSyntax, owner: string): void {
    if (type.kind === "set") this.#walk(type.element, owner);
    else if (type.kind === "record") for (const member of type.attributes) this.#attribute(member, owner);
    else if (type.kind === "name") {
      const meant = this.#model.resolve(type.name, this.#declaration.namespace);
      if (meant === null) return;
      const kind = meant.kind === "entity" ? ("type" as const) : ("common-type" as const);
      this.#add({ kind, name: meant.name }, type.span, false);
    }
  }

  #attribute({ name, nameSpan, type }: AttributeSyntax, owner: string): void {
    this.#add({ kind: "attribute", name, declaredAt: nameSpan.start, owner }, nameSpan, true);
    this.#walk(type, `${owner}.${name}`);
  }
}
