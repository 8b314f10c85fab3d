import type { Value } from "../value/types.js";
import { expectString } from "./expect.js";

/** A `like` pattern: the literal pieces around its wildcards, so `a*b` is `["a", "b"]`. */
export type Pattern = readonly string[];

/** `operand like pattern`, in time linear in the text for each piece: no backtracking. */
export function like(operand: Value, pattern: Pattern): boolean {
  const text = expectString(operand);
  const first = pattern[0] ?? "";
  if (pattern.length <= 1) return text === first;
  const last = pattern[pattern.length - 1] ?? "";
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  // The leftmost match of each inner piece leaves the most room for the pieces after it.
  let position = first.length;
  for (let i = 1; i < pattern.length - 1; i++) {
    const piece = pattern[i] ?? "";
    const found = text.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return position <= end;
}
