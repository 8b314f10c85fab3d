import { describeValue, type Value } from "@cordon/engine";

const MAX_LENGTH = 72;

/** A value as Cedar source, cut short where it would drown the sentence around it. */
export function valueText(value: Value): string {
  const text = describeValue(value);
  if (text.length <= MAX_LENGTH) return text;
  const end = text.lastIndexOf(", ", MAX_LENGTH);
  return end > 0 ? `${text.slice(0, end)}, …` : `${text.slice(0, MAX_LENGTH - 1)}…`;
}
