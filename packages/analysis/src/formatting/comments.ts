import { tokenize } from "@cordon/cedar";

export interface Comment {
  /** From its slashes on, without the space at its end. */
  readonly text: string;
  /** UTF-16 offsets into the policies' text. */
  readonly start: number;
  readonly end: number;
}

/** The comments of policies, in order. What looks like one within a string is none. */
export function commentsOf(text: string): Comment[] {
  const comments: Comment[] = [];
  let at = 0;
  for (const token of [...tokenize(text), { start: text.length, end: text.length }]) {
    // Between two tokens there is nothing but space and comments.
    for (const match of text.slice(at, token.start).matchAll(/\/\/[^\n\r]*/g)) {
      const start = at + match.index;
      const found = match[0].trimEnd();
      comments.push({ text: found, start, end: start + found.length });
    }
    at = token.end;
  }
  return comments;
}
