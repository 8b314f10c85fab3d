import { type Document, isCollection, isMap, isNode, isPair, isScalar, visit, type YAMLMap } from "yaml";

/** UTF-16 offsets into the text. */
export type Span = [start: number, end: number];

/** The span of the value at a path, or of the nearest enclosing key when there is no value. */
export function valueSpan(document: Document, path: readonly PropertyKey[], text: string): Span {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      // A mapping or a list spans lines: its key says better which one is meant.
      if (length === path.length && isScalar(node) && node.range[1] > node.range[0]) {
        return [node.range[0], node.range[1]];
      }
      return keySpan(document, path.slice(0, length), text);
    }
  }
  return trimSpan(text, 0, text.length);
}

/** The span of the key that a path ends in. */
export function keySpan(document: Document, path: readonly PropertyKey[], text: string): Span {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const key = keyNode(parent, path.at(-1));
    if (key !== undefined) return key;
  }
  const node = document.getIn(path, true);
  if (isNode(node) && node.range) return trimSpan(text, node.range[0], node.range[1]);
  return trimSpan(text, 0, text.length);
}

function keyNode(map: YAMLMap, name: PropertyKey | undefined): Span | undefined {
  for (const pair of map.items) {
    if (!isPair(pair) || !isScalar(pair.key) || String(pair.key.value) !== String(name)) continue;
    if (pair.key.range) return [pair.key.range[0], pair.key.range[1]];
  }
  return undefined;
}

/** The part of a span up to the end of its first line that has text, so that one line is underlined. */
export function trimSpan(text: string, start: number, end: number): Span {
  let from = Math.min(start, text.length);
  while (from < end && /\s/.test(text[from] ?? "")) from++;
  const lineEnd = text.indexOf("\n", from);
  const to = Math.min(end, lineEnd === -1 ? text.length : lineEnd);
  return [from, Math.max(to, from)];
}

/** The parser points at one character of a word where it means the word. */
export function wholeWord(text: string, [start, end]: Span): Span {
  if (end - start > 1) return [start, end];
  const word = /^[\w-]+/.exec(text.slice(start, start + 200))?.[0] ?? "";
  return [start, Math.max(end, start + word.length)];
}

/** The first line of the innermost quote or bracket that is still open where the text ends. */
export function unclosedSpan(document: Document, what: "quote" | "bracket", text: string): Span | undefined {
  const textEnd = text.trimEnd().length;
  let found: Span | undefined;
  visit(document, (_, node) => {
    const isMeant = what === "quote" ? isScalar(node) && /^QUOTE/.test(node.type ?? "") : isFlow(node);
    if (!isMeant || !isNode(node) || !node.range || node.range[1] < textEnd) return;
    found = trimSpan(text, node.range[0], node.range[1]);
  });
  return found;
}

function isFlow(node: unknown): boolean {
  return isCollection(node) && node.flow === true;
}
