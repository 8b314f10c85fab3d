import type { Token } from "@cordon/cedar";
import type { Span } from "../../syntax/index.js";
import { commentAbove, isString } from "../text/tokens.js";
import type { AttributeSyntax, Declaration, NameSyntax, TypeSyntax } from "./declarations.js";
import { idText } from "./uid-names.js";

const KEYWORDS: ReadonlySet<string> = new Set(["entity", "action", "type", "namespace"]);
const UNKNOWN: TypeSyntax = { kind: "unknown" };

/** What can be made out of a schema, broken or not: every declaration with its places, in order. */
export function parseDeclarations(text: string, tokens: readonly Token[]): Declaration[] {
  return new SchemaParser(text, tokens).declarations();
}

class SchemaParser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  declarations(): Declaration[] {
    const found: Declaration[] = [];
    let namespace = "";
    let doc: string | null = null;
    while (this.#peek() !== undefined) {
      const before = this.#at;
      if (this.#is("@")) doc = this.#annotation() ?? doc;
      else if (this.#take("namespace")) {
        namespace = this.#name()?.name ?? "";
        this.#take("{");
      } else if (this.#is("entity") || this.#is("action") || this.#is("type")) {
        found.push(...this.#declaration(namespace, doc));
        doc = null;
      } else {
        if (this.#is("}")) namespace = "";
        this.#at += 1;
      }
      if (this.#at === before) this.#at += 1;
    }
    return found;
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  #is(text: string, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return token !== undefined && !isString(token) && token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at += 1;
    return true;
  }

  /** Skips `@name("value")`; the value where it is documentation. */
  #annotation(): string | null {
    this.#take("@");
    const isDoc = this.#is("doc");
    this.#at += 1;
    if (!this.#take("(")) return null;
    const value = this.#peek();
    if (isString(value)) this.#at += 1;
    this.#take(")");
    return isDoc && value !== undefined ? idText(value.text) : null;
  }

  #declaration(namespace: string, annotated: string | null): Declaration[] {
    const keyword = this.#peek();
    this.#at += 1;
    if (keyword === undefined) return [];
    const names = this.#names();
    const doc = annotated ?? commentAbove(this.#text, keyword.start);
    const read = this.#body(keyword.text);
    if (this.#is(";")) this.#at += 1;
    const span = { start: keyword.start, end: this.#tokens[this.#at - 1]?.end ?? keyword.end };
    return names.map(
      ({ name, span: nameSpan }) => ({ ...read, name, nameSpan, namespace, span, doc }) as Declaration,
    );
  }

  #names(): NameSyntax[] {
    const names: NameSyntax[] = [];
    do {
      const token = this.#peek();
      if (token === undefined || !(token.kind === "identifier" || isString(token))) break;
      // A declaration that is only begun must not eat the next one.
      if (KEYWORDS.has(token.text) && this.#peek(1)?.kind === "identifier") break;
      names.push({ name: nameOf(token), span: spanOf(token) });
      this.#at += 1;
    } while (this.#take(","));
    return names;
  }

  #body(keyword: string): object {
    if (keyword === "entity") return this.#entity();
    if (keyword === "action") return this.#action();
    this.#take("=");
    return { kind: "type", type: this.#type() };
  }

  #entity(): object {
    const found = {
      kind: "entity",
      parents: [] as NameSyntax[],
      attributes: UNKNOWN,
      tags: null,
      enum: null,
    };
    if (this.#take("enum")) return { ...found, enum: this.#enum() };
    const parents = this.#take("in") ? this.#nameList() : [];
    this.#take("=");
    const attributes = this.#is("{") ? this.#type() : UNKNOWN;
    const tags = this.#take("tags") ? this.#type() : null;
    return { ...found, parents, attributes, tags };
  }

  #enum(): { id: string; span: Span }[] {
    const ids: { id: string; span: Span }[] = [];
    this.#take("[");
    for (let token = this.#peek(); token !== undefined && isString(token); token = this.#peek()) {
      ids.push({ id: idText(token.text), span: spanOf(token) });
      this.#at += 1;
      this.#take(",");
    }
    this.#take("]");
    return ids;
  }

  #action(): object {
    const memberOf = this.#take("in") ? this.#groups() : [];
    const read = { principals: [] as NameSyntax[], resources: [] as NameSyntax[], context: UNKNOWN };
    if (this.#take("appliesTo") && this.#take("{")) {
      while (this.#peek() !== undefined && !this.#is("}") && !this.#is(";")) {
        const member = this.#peek()?.text;
        this.#at += 1;
        if (!this.#take(":")) continue;
        if (member === "principal") read.principals = this.#nameList();
        else if (member === "resource") read.resources = this.#nameList();
        else if (member === "context") read.context = this.#type();
        this.#take(",");
      }
      this.#take("}");
    }
    return { kind: "action", memberOf, ...read };
  }

  #groups(): { type: string | null; id: string; span: Span }[] {
    const groups: { type: string | null; id: string; span: Span }[] = [];
    const isList = this.#take("[");
    for (;;) {
      const token = this.#peek();
      if (isString(token) && token !== undefined) {
        groups.push({ type: null, id: idText(token.text), span: spanOf(token) });
        this.#at += 1;
      } else {
        const path = this.#name();
        if (path === null) break;
        const id = this.#is("::") ? this.#peek(1) : undefined;
        if (id !== undefined) {
          this.#at += 2;
          groups.push({
            type: path.name,
            id: idText(id.text),
            span: { start: path.span.start, end: id.end },
          });
        } else groups.push({ type: null, id: path.name, span: path.span });
      }
      if (!isList || !this.#take(",")) break;
    }
    if (isList) this.#take("]");
    return groups;
  }

  #nameList(): NameSyntax[] {
    const names: NameSyntax[] = [];
    const isList = this.#take("[");
    for (let name = this.#name(); name !== null; name = this.#name()) {
      names.push(name);
      if (!isList || !this.#take(",")) break;
    }
    if (isList) this.#take("]");
    return names;
  }

  /** `A::B`, or null where no name is. */
  #name(): NameSyntax | null {
    const first = this.#peek();
    if (first?.kind !== "identifier") return null;
    this.#at += 1;
    let { text: name, end } = first;
    while (this.#is("::") && this.#peek(1)?.kind === "identifier") {
      const part = this.#peek(1);
      name += `::${part?.text ?? ""}`;
      end = part?.end ?? end;
      this.#at += 2;
    }
    return { name, span: { start: first.start, end } };
  }

  #type(): TypeSyntax {
    if (this.#take("{")) return { kind: "record", attributes: this.#attributes() };
    if (this.#is("Set") && this.#is("<", 1)) {
      this.#at += 2;
      const element = this.#type();
      this.#take(">");
      return { kind: "set", element };
    }
    const name = this.#name();
    return name === null ? UNKNOWN : { kind: "name", ...name };
  }

  #attributes(): AttributeSyntax[] {
    const attributes: AttributeSyntax[] = [];
    let doc: string | null = null;
    while (this.#peek() !== undefined && !this.#is("}") && !this.#is(";")) {
      if (this.#is("@")) {
        doc = this.#annotation() ?? doc;
        continue;
      }
      const token = this.#peek();
      this.#at += 1;
      if (token === undefined || !(token.kind === "identifier" || isString(token))) continue;
      const required = !this.#take("?");
      const type = this.#take(":") ? this.#type() : UNKNOWN;
      const documented = doc ?? commentAbove(this.#text, token.start);
      attributes.push({ name: nameOf(token), nameSpan: spanOf(token), required, type, doc: documented });
      doc = null;
      this.#take(",");
    }
    this.#take("}");
    return attributes;
  }
}

function spanOf({ start, end }: Token): Span {
  return { start, end };
}

function nameOf(token: Token): string {
  return isString(token) ? idText(token.text) : token.text;
}
