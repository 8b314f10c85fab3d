import type { Span } from "../syntax/index.js";

export type MutationKind =
  | "policy_removed"
  | "effect_swapped"
  | "scope_widened"
  | "scope_narrowed"
  | "clause_dropped"
  | "clause_inverted"
  | "operand_dropped"
  | "condition_negated"
  | "connective_swapped"
  | "operator_changed"
  | "literal_flipped";

/** A change of one policy's text, such as a person could make by mistake. */
export interface Mutation {
  readonly kind: MutationKind;
  /** What was done, in few words. */
  readonly what: string;
  /** What is replaced, in offsets into the policy's text, and by what. */
  readonly span: Span;
  readonly text: string;
  /**
   * Where a scope is widened: replacements that stand for each thing that it lets in besides. If the policy can
   * apply to none of them, the change means nothing.
   */
  readonly added?: readonly string[];
}

export function applyTo(text: string, { span, text: replacement }: Pick<Mutation, "span" | "text">): string {
  return text.slice(0, span.start) + replacement + text.slice(span.end);
}
