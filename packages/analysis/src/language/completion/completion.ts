import type { Span } from "../../syntax/index.js";

export type CompletionKind =
  | "action"
  | "annotation"
  | "attribute"
  | "entity"
  | "function"
  | "key"
  | "keyword"
  | "method"
  | "policy"
  | "snippet"
  | "type"
  | "value"
  | "variable";

/** Something that can be written at a cursor. */
export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** What is put in the place of `replace`; with tab stops where `isSnippet`. */
  readonly insert: string;
  readonly isSnippet?: true;
  readonly replace: Span;
  /** Those with less come first. */
  readonly rank: number;
}

type Draft = Partial<Completion> & Pick<Completion, "label" | "kind">;

/** Gathers completions that replace the same text. */
export class Completions {
  readonly #replace: Span;
  readonly #found = new Map<string, Completion>();

  constructor(replace: Span) {
    this.#replace = replace;
  }

  /** The first of several with one label stays. */
  add(draft: Draft): void {
    if (this.#found.has(draft.label)) return;
    this.#found.set(draft.label, { insert: draft.label, replace: this.#replace, rank: 5, ...draft });
  }

  words(kind: CompletionKind, rank: number, ...labels: readonly string[]): void {
    for (const label of labels) this.add({ label, kind, rank });
  }

  list(): Completion[] {
    return [...this.#found.values()].sort((a, b) => a.rank - b.rank || (a.label < b.label ? -1 : 1));
  }
}

/** Text that a snippet must take as it is. */
export function snippetText(text: string): string {
  return text.replaceAll(/[\\$}]/g, "\\$&");
}
