import type { Span } from "../syntax/index.js";
import type { LintId } from "./lint-table.js";

/** Text to be put in the place of what stands in a span. */
export interface Edit extends Span {
  readonly text: string;
}

/** What a lint found in one policy; offsets count from the start of the policy's text. */
export interface Finding {
  readonly code: LintId;
  readonly message: string;
  readonly help?: string;
  readonly span: Span;
  /** Edits that mend it and change no decision. */
  readonly fix?: readonly Edit[];
}
