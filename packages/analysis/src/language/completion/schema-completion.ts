import type { Token } from "@cordon/cedar";
import { nesting } from "../policies/policy-window.js";
import type { OpenProject } from "../project/open-project.js";
import type { SchemaModel } from "../schema/schema-model.js";
import { namespaceOf, qualified } from "../schema/uid-names.js";
import type { Document } from "../text/documents.js";
import { isInComment, isString, tokenIndexAt } from "../text/tokens.js";
import { type Completion, Completions } from "./completion.js";

const PRIMITIVES: readonly [string, string][] = [
  ["String", "text"],
  ["Long", "a whole number of 64 bits"],
  ["Bool", "true or false"],
  ["datetime", "a moment, to the millisecond"],
  ["duration", "a length of time"],
  ["ipaddr", "an IP address or range"],
  ["decimal", "a number with up to four decimal places"],
];

/** What can be written at an offset of a schema. */
export function completeSchema(project: OpenProject, document: Document, offset: number): Completion[] {
  const { tokens, text } = document;
  if (isInComment(text, tokens, offset)) return [];
  const at = tokenIndexAt(tokens, offset);
  const touched = tokens[at];
  const isTyping = touched !== undefined && touched.start < offset && isWord(touched);
  const index = isTyping ? at : touched !== undefined && touched.start < offset ? at + 1 : at;
  const replace = isTyping
    ? isString(touched)
      ? { start: touched.start + 1, end: touched.kind === "string" ? touched.end - 1 : offset }
      : { start: touched.start, end: touched.end }
    : { start: offset, end: offset };
  const found = new Completions(replace);
  const model = project.draft;
  if (model !== null)
    new SchemaCompletion(tokens, index, model, found).complete(isTyping && isString(touched));
  return found.list();
}

function isWord(token: Token): boolean {
  return token.kind === "identifier" || isString(token);
}

class SchemaCompletion {
  readonly #tokens: readonly Token[];
  readonly #index: number;
  readonly #model: SchemaModel;
  readonly #found: Completions;

  constructor(tokens: readonly Token[], index: number, model: SchemaModel, found: Completions) {
    this.#tokens = tokens;
    this.#index = index;
    this.#model = model;
    this.#found = found;
  }

  complete(isInString: boolean): void {
    const start = this.#declarationStart();
    const keyword = this.#tokens[start]?.text;
    const before = this.#tokens[this.#index - 1]?.text ?? "";
    if (start >= this.#index) {
      if (before === "@") this.#found.words("annotation", 1, "doc");
      else this.#declarations();
      return;
    }
    const bracket = this.#bracket(start);
    const opener = bracket === null ? "" : (this.#tokens[bracket - 1]?.text ?? "");
    const inList = bracket !== null && this.#tokens[bracket]?.text === "[";
    if (isInString) {
      if (keyword === "action" && (before === "in" || (inList && opener === "in"))) this.#actions(false);
    } else if (before === "in" || (inList && opener === "in")) {
      if (keyword === "action") this.#actions(true);
      else this.#entities();
    } else if (inList && opener === ":") this.#entities();
    else if (before === ":") this.#afterColon(keyword ?? "", bracket, opener);
    else if (before === "<" || before === "tags" || (before === "=" && keyword === "type")) this.#types();
    else if (bracket !== null) this.#inBraces(opener, before);
    else this.#afterName(keyword ?? "", start, before);
  }

  /** The keyword of the declaration that the cursor is in; the cursor's own index where it is in none. */
  #declarationStart(): number {
    let start = this.#index;
    let depth = 0;
    while (start > 0) {
      const token = this.#tokens[start - 1];
      depth -= nesting(token);
      if (token === undefined || (!isString(token) && token.text === ";")) break;
      const opensNamespace = depth < 0 && token.text === "{" && this.#isNamespace(start - 1);
      const endsNamespace = depth === 1 && token.text === "}" && isDeclared(this.#tokens[start]);
      if (opensNamespace || endsNamespace) break;
      start -= 1;
    }
    while (this.#tokens[start]?.text === "@" && start < this.#index) {
      start += this.#tokens[start + 2]?.text === "(" ? 5 : 2;
    }
    return Math.min(start, this.#index);
  }

  #isNamespace(brace: number): boolean {
    let at = brace - 1;
    while (this.#tokens[at]?.kind === "identifier" && this.#tokens[at - 1]?.text === "::") at -= 2;
    return this.#tokens[at - 1]?.text === "namespace";
  }

  /** The innermost bracket that is open at the cursor. */
  #bracket(start: number): number | null {
    let depth = 0;
    for (let at = this.#index - 1; at > start; at--) {
      depth += nesting(this.#tokens[at]);
      if (depth === 1) return at;
    }
    return null;
  }

  #afterColon(keyword: string, bracket: number | null, opener: string): void {
    const member = this.#tokens[this.#index - 2]?.text;
    const isScope = keyword === "action" && bracket !== null && opener === "appliesTo";
    if (isScope && (member === "principal" || member === "resource")) this.#entities();
    else if (isScope && member === "context") {
      this.#found.add({ label: "{ … }", kind: "snippet", rank: 1, insert: "{ $0 }", isSnippet: true });
      for (const name of this.#model.commonTypes.keys()) this.#name(name, "common type");
    } else this.#types();
  }

  #inBraces(opener: string, before: string): void {
    if (opener !== "appliesTo" || !(before === "{" || before === ",")) return;
    for (const name of ["principal", "resource"]) {
      this.#found.add({ label: name, kind: "key", rank: 1, insert: `${name}: [$0]`, isSnippet: true });
    }
    this.#found.add({ label: "context", kind: "key", rank: 2, insert: "context: ", isSnippet: true });
  }

  #afterName(keyword: string, start: number, before: string): void {
    if (this.#index <= start + 1 || before === ",") return;
    if (keyword === "entity") {
      if (before === "}") this.#found.words("keyword", 1, "tags");
      else this.#found.words("keyword", 1, "in", "enum", "tags");
    } else if (keyword === "action" && before !== "}") {
      this.#found.words("keyword", 2, "in");
      const insert = "appliesTo {\n  principal: [$1],\n  resource: [$2],\n}";
      this.#found.add({ label: "appliesTo", kind: "keyword", rank: 1, insert, isSnippet: true });
    }
  }

  #declarations(): void {
    const snippets: Record<string, string> = {
      entity: "entity $1 {\n  $0\n};",
      action: 'action "$1" appliesTo {\n  principal: [$2],\n  resource: [$3],\n};',
      type: "type $1 = {\n  $0\n};",
      namespace: "namespace $1 {\n  $0\n}",
    };
    for (const [label, insert] of Object.entries(snippets))
      this.#found.add({ label, kind: "keyword", rank: 1, insert, isSnippet: true });
  }

  #types(): void {
    for (const [label, detail] of PRIMITIVES) this.#found.add({ label, kind: "type", rank: 3, detail });
    this.#found.add({ label: "Set<…>", kind: "type", rank: 3, insert: "Set<$1>", isSnippet: true });
    for (const name of this.#model.commonTypes.keys()) this.#name(name, "common type");
    this.#entities();
  }

  #entities(): void {
    for (const name of this.#model.entities.keys()) this.#name(name, "entity type");
  }

  /** Names of the namespace that the cursor is in are written without it. */
  #name(name: string, detail: string): void {
    const label = namespaceOf(name) === this.#namespace() ? name.slice(name.lastIndexOf(":") + 1) : name;
    const doc = this.#model.declarations.find(
      (declaration) => qualified(declaration.namespace, declaration.name) === name,
    )?.doc;
    this.#found.add({ label, kind: "type", rank: 2, detail, ...(doc == null ? {} : { documentation: doc }) });
  }

  #namespace(): string {
    const offset = this.#tokens[this.#index - 1]?.start ?? 0;
    let found = "";
    for (const { span, namespace } of this.#model.declarations) if (span.start <= offset) found = namespace;
    return found;
  }

  #actions(isQuoted: boolean): void {
    for (const { id, principals, declaration } of this.#model.actions.values()) {
      this.#found.add({
        label: id,
        kind: "action",
        rank: principals.length === 0 ? 1 : 3,
        insert: isQuoted ? JSON.stringify(id) : id,
        ...(declaration.doc === null ? {} : { documentation: declaration.doc }),
      });
    }
  }
}

function isDeclared(token: Token | undefined): boolean {
  return token === undefined || ["entity", "action", "type", "namespace", "@", "}"].includes(token.text);
}
