import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
  type Document as YamlDocument,
} from "yaml";

/** A scalar of a YAML file, where it stands, and the way to it. */
export interface YamlScalar {
  readonly text: string;
  readonly isKey: boolean;
  /** Keys and indexes from the top; of a key, its own last. */
  readonly path: readonly (string | number)[];
  /** Of what is between its quotes, where it has any. */
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
}

export function parseYaml(text: string): YamlDocument.Parsed {
  return parseDocument(text, { prettyErrors: false, version: "1.2", keepSourceTokens: false });
}

/** Every scalar of a file, broken or not, in order. */
export function yamlScalars(document: YamlDocument.Parsed): YamlScalar[] {
  const found: YamlScalar[] = [];
  walk(document.contents, [], found);
  return found;
}

function walk(node: unknown, path: readonly (string | number)[], found: YamlScalar[]): void {
  if (isScalar(node)) add(node, path, false, found);
  else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) walk(item, [...path, index], found);
  } else if (isMap(node)) {
    for (const pair of node.items) {
      if (!isPair(pair) || !isScalar(pair.key)) continue;
      const inner = [...path, String(pair.key.value)];
      add(pair.key, inner, true, found);
      walk(pair.value, inner, found);
    }
  }
}

function add(scalar: Scalar, path: readonly (string | number)[], isKey: boolean, found: YamlScalar[]): void {
  const range = (scalar as Node).range;
  if (!range) return;
  const isQuoted = scalar.type === "QUOTE_DOUBLE" || scalar.type === "QUOTE_SINGLE";
  const quotes = isQuoted ? 1 : 0;
  const text = typeof scalar.value === "string" ? scalar.value : (scalar.source ?? "");
  const end = Math.max(range[0] + quotes, range[1] - quotes);
  found.push({ text, isKey, path, start: range[0] + quotes, end, isQuoted });
}
