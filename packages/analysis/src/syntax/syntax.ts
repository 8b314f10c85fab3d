import type { ExprJson, PolicyJson } from "@cordon/engine";

/** UTF-16 offsets into a policy's own text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type ScopePart = "principal" | "action" | "resource";

/** One annotation as it is written: `@name("value")`, or `@name` without a value. */
export interface AnnotationSyntax {
  readonly name: string;
  readonly value: string | null;
  /** From the `@` to the closing parenthesis. */
  readonly span: Span;
  readonly nameSpan: Span;
  /** The string, quotes included. */
  readonly valueSpan: Span | null;
}

export interface ClauseSyntax {
  readonly kind: "when" | "unless";
  readonly body: ExprJson;
  /** From the keyword to the closing brace. */
  readonly span: Span;
}

/** A name that a policy mentions, for whoever looks for uses of it. */
export type Mention =
  | { readonly kind: "entity-type"; readonly name: string; readonly span: Span }
  | { readonly kind: "entity"; readonly type: string; readonly id: string; readonly span: Span }
  | { readonly kind: "attribute"; readonly name: string; readonly on: ExprJson; readonly span: Span };

/**
 * One policy or template: what Cedar's own parser makes of it, in Cedar's JSON policy format, and where each part
 * of that stands. Cedar's JSON has no positions, hence this second reading; a test holds it equal to the first.
 */
export interface PolicySyntax {
  readonly policy: PolicyJson;
  readonly isTemplate: boolean;
  readonly annotations: readonly AnnotationSyntax[];
  /** `permit` or `forbid`. */
  readonly effect: Span;
  /** Each part's constraint, such as `principal is User`. */
  readonly scope: Readonly<Record<ScopePart, Span>>;
  readonly clauses: readonly ClauseSyntax[];
  /** Where an expression of `policy` stands, parentheses around it left out; by identity. */
  readonly spans: ReadonlyMap<ExprJson, Span>;
  readonly mentions: readonly Mention[];
}
