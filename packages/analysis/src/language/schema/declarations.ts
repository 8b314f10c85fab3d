import type { Span } from "../../syntax/index.js";

/** A type as a schema writes it. */
export type TypeSyntax =
  | { readonly kind: "name"; readonly name: string; readonly span: Span }
  | { readonly kind: "set"; readonly element: TypeSyntax }
  | { readonly kind: "record"; readonly attributes: readonly AttributeSyntax[] }
  /** Missing, or not to be made out. */
  | { readonly kind: "unknown" };

export interface AttributeSyntax {
  readonly name: string;
  readonly nameSpan: Span;
  readonly required: boolean;
  readonly type: TypeSyntax;
  readonly doc: string | null;
}

/** A name that is used, not declared: of an entity type or a common type. */
export interface NameSyntax {
  readonly name: string;
  readonly span: Span;
}

interface DeclarationSyntax {
  /** As it is written, without the namespace. */
  readonly name: string;
  readonly nameSpan: Span;
  readonly namespace: string;
  /** From its keyword to its semicolon. */
  readonly span: Span;
  readonly doc: string | null;
}

export interface EntityDeclaration extends DeclarationSyntax {
  readonly kind: "entity";
  readonly parents: readonly NameSyntax[];
  readonly attributes: TypeSyntax;
  readonly tags: TypeSyntax | null;
  readonly enum: readonly { readonly id: string; readonly span: Span }[] | null;
}

export interface ActionDeclaration extends DeclarationSyntax {
  readonly kind: "action";
  /** Groups: `type` is null where only an id is written. */
  readonly memberOf: readonly { readonly type: string | null; readonly id: string; readonly span: Span }[];
  readonly principals: readonly NameSyntax[];
  readonly resources: readonly NameSyntax[];
  readonly context: TypeSyntax;
}

export interface TypeDeclaration extends DeclarationSyntax {
  readonly kind: "type";
  readonly type: TypeSyntax;
}

export type Declaration = EntityDeclaration | ActionDeclaration | TypeDeclaration;
