import { type Token, tokenize } from "@cordon/cedar";
import type { Span } from "./syntax.js";
import { unescapeText } from "./text.js";

/** Something that a schema declares, and where its name stands. */
export interface Declaration {
  readonly kind: "entity" | "action" | "type";
  /** Fully qualified; of an action the id alone. */
  readonly name: string;
  /** Of the namespace it stands in; empty for none. */
  readonly namespace: string;
  readonly nameSpan: Span;
  /** Its first attributes: not those of records within. */
  readonly attributes: readonly { readonly name: string; readonly span: Span }[];
}

const BEFORE_DECLARATION: ReadonlySet<string> = new Set(["entity", "action", "type"]);

/** The declarations of a schema in Cedar's schema syntax, in order; of a broken one, those that can be made out. */
export function outlineSchema(text: string): Declaration[] {
  const tokens = tokenize(text);
  const declarations: Declaration[] = [];
  let namespace = "";
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at];
    if (token?.text === "namespace") {
      const open = indexOf(tokens, "{", at);
      namespace = textOf(tokens.slice(at + 1, open));
      at = open + 1;
    } else if (token?.text === "}") {
      namespace = "";
      at += 1;
    } else if (token?.text === "@") {
      // An annotation's value may be any text; its name may be a keyword.
      at += tokens[at + 2]?.text === "(" ? 5 : 2;
    } else if (token !== undefined && BEFORE_DECLARATION.has(token.text)) {
      const end = indexOf(tokens, ";", at);
      declarations.push(...declared(tokens.slice(at, end), namespace));
      at = end + 1;
    } else at += 1;
  }
  return declarations;
}

function indexOf(tokens: readonly Token[], text: string, from: number): number {
  const index = tokens.findIndex((token, at) => at >= from && token.kind !== "string" && token.text === text);
  return index < 0 ? tokens.length : index;
}

function textOf(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join("");
}

function declared(tokens: readonly Token[], namespace: string): Declaration[] {
  const kind = tokens[0]?.text as Declaration["kind"];
  const names: Token[] = [];
  let at = 1;
  for (; at < tokens.length; at += 2) {
    const name = tokens[at];
    if (name !== undefined) names.push(name);
    if (tokens[at + 1]?.text !== ",") break;
  }
  const attributes = kind === "entity" ? attributesOf(tokens.slice(at + 1)) : [];
  return names.map((token) => {
    const name = token.kind === "string" ? unescapeText(token.text) : token.text;
    const qualified = kind === "action" || namespace === "" ? name : `${namespace}::${name}`;
    return { kind, name: qualified, namespace, nameSpan: { start: token.start, end: token.end }, attributes };
  });
}

function attributesOf(tokens: readonly Token[]): { name: string; span: Span }[] {
  const found: { name: string; span: Span }[] = [];
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === "punctuation" && "{[".includes(token.text)) depth += 1;
    else if (token.kind === "punctuation" && "}]".includes(token.text)) depth -= 1;
    if (depth === 0 && token.text === "tags") break;
    const opens = tokens[index - 1]?.text;
    const isName = token.kind === "identifier" || token.kind === "string";
    const isMember = opens === "{" || opens === "," || opens === ")" || tokens[index - 2]?.text === "@";
    const next = tokens[index + 1]?.text;
    const hasType = next === ":" || (next === "?" && tokens[index + 2]?.text === ":");
    if (depth !== 1 || !isName || !isMember || !hasType) continue;
    const name = token.kind === "string" ? unescapeText(token.text) : token.text;
    found.push({ name, span: { start: token.start, end: token.end } });
  }
  return found;
}
