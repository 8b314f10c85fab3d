import { type PolicyWindow, windowsOf } from "../policies/policy-window.js";
import { idText } from "../schema/uid-names.js";
import type { Document } from "../text/documents.js";
import { isString } from "../text/tokens.js";

/** One policy or template of a file. */
export interface PolicyEntry {
  /** Its `@id`, or the one that its place gives it. */
  readonly id: string;
  readonly effect: "permit" | "forbid" | null;
  readonly annotations: ReadonlyMap<string, string>;
  readonly document: Document;
  readonly window: PolicyWindow;
  /** Of the whole policy. */
  readonly start: number;
  readonly end: number;
  /** The value of `@id` without its quotes; null where it has none. */
  readonly idSpan: { readonly start: number; readonly end: number } | null;
  /** Of its effect, or of its first token where there is none. */
  readonly effectSpan: { readonly start: number; readonly end: number };
}

export interface FilePolicies {
  readonly entries: readonly PolicyEntry[];
}

/** The policies of a file, by what can be read of them. */
export function indexPolicies(document: Document): FilePolicies {
  const prefix = document.path.replace(/^policies\//, "").replace(/\.cedar$/, "");
  const entries = windowsOf(document.tokens).map((window, ordinal) =>
    entryOf(document, window, `${prefix}#${ordinal}`),
  );
  return { entries };
}

function entryOf(document: Document, window: PolicyWindow, defaultId: string): PolicyEntry {
  const { tokens, start, end, effect } = window;
  const annotations = new Map<string, string>();
  let idSpan: PolicyEntry["idSpan"] = null;
  for (let at = start; at < (effect ?? end); at++) {
    const value = tokens[at + 3];
    if (tokens[at]?.text !== "@" || tokens[at + 2]?.text !== "(" || value === undefined || !isString(value))
      continue;
    const name = tokens[at + 1]?.text ?? "";
    annotations.set(name, idText(value.text));
    if (name === "id" && value.kind === "string") idSpan = { start: value.start + 1, end: value.end - 1 };
  }
  const first = tokens[start];
  const word = effect === null ? first : tokens[effect];
  const text = effect === null ? null : tokens[effect]?.text;
  return {
    id: annotations.get("id") || defaultId,
    effect: text === "permit" || text === "forbid" ? text : null,
    annotations,
    document,
    window,
    start: first?.start ?? 0,
    end: tokens[end - 1]?.end ?? 0,
    idSpan,
    effectSpan: { start: word?.start ?? 0, end: word?.end ?? 0 },
  };
}
