import type { Place } from "../text/documents.js";

/** Something that has a name all over a project. */
export type ProjectSymbol =
  | { readonly kind: "type"; readonly name: string }
  | { readonly kind: "common-type"; readonly name: string }
  /** By uid text. */
  | { readonly kind: "action"; readonly name: string }
  | { readonly kind: "entity"; readonly type: string; readonly id: string }
  /** By where the schema declares it, which tells attributes of one name apart. */
  | { readonly kind: "attribute"; readonly name: string; readonly declaredAt: number; readonly owner: string }
  | { readonly kind: "policy"; readonly id: string };

/** A symbol at one place. */
export interface Mention {
  readonly symbol: ProjectSymbol;
  readonly place: Place;
  /** Whether it is what makes the symbol: a declaration in the schema, or the `@id` of a policy. */
  readonly isDeclaration: boolean;
}

export function sameSymbol(a: ProjectSymbol, b: ProjectSymbol): boolean {
  return symbolKey(a) === symbolKey(b);
}

export function symbolKey(symbol: ProjectSymbol): string {
  switch (symbol.kind) {
    case "entity":
      return `entity ${symbol.type} ${symbol.id}`;
    case "attribute":
      return `attribute ${symbol.name} ${symbol.declaredAt}`;
    case "policy":
      return `policy ${symbol.id}`;
    default:
      return `${symbol.kind} ${symbol.name}`;
  }
}

/** A text that is in every file that mentions the symbol. */
export function writtenAs(symbol: ProjectSymbol, actionId: string | null): string {
  switch (symbol.kind) {
    case "entity":
    case "policy":
      return symbol.id;
    case "action":
      return actionId ?? "";
    case "attribute":
      return symbol.name;
    default:
      return symbol.name.slice(symbol.name.lastIndexOf(":") + 1);
  }
}
