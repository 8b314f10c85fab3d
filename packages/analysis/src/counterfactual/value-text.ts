import { describeValue, type Value } from "@cordon/engine";

const MAX_LENGTH = 72;

/** A value as Cedar source, cut short where it would drown the sentence around it. */
export function valueText(value: Value): string {
  const text = describeValue(value);
  return text.length <= MAX_LENGTH
    ? text
    : `${text.slice(0, MAX_LENGTH - 1).replace(/,? ?"?[^,"]*$/, "")}, …`;
}
