import { stringifyJson } from "@cordon/engine/json";

/** One line of JSON; integers beyond 2^53 keep their digits, as they do in the log. */
export function jsonLine(value: unknown): string {
  return stringifyJson(value as Parameters<typeof stringifyJson>[0]);
}
