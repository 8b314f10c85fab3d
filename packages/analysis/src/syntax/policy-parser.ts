import type {
  ActionConstraintJson,
  ConditionJson,
  PolicyJson,
  ScopeConstraintJson,
  SlotId,
} from "@cordon/engine";
import { ExpressionParser } from "./expression-parser.js";
import type { AnnotationSyntax, ClauseSyntax, PolicySyntax, ScopePart, Span } from "./syntax.js";
import { unescapeText } from "./text.js";
import { NotCedar, TokenReader } from "./token-reader.js";

/**
 * Reads one policy or template that Cedar accepts; of any other text, null or something is returned, and which of
 * the two is not to be relied on.
 */
export function parsePolicySyntax(text: string): PolicySyntax | null {
  try {
    return new PolicyParser(text).policy();
  } catch (error) {
    // Too deep for our stack is too deep for Cedar's, which is smaller.
    if (error instanceof NotCedar || error instanceof RangeError) return null;
    throw error;
  }
}

class PolicyParser {
  readonly #tokens: TokenReader;
  readonly #expressions: ExpressionParser;
  #isTemplate = false;

  constructor(text: string) {
    this.#tokens = new TokenReader(text);
    this.#expressions = new ExpressionParser(this.#tokens);
  }

  policy(): PolicySyntax {
    const annotations: AnnotationSyntax[] = [];
    while (this.#tokens.is("@")) annotations.push(this.#annotation());
    const effect = this.#tokens.next();
    if (effect.text !== "permit" && effect.text !== "forbid") throw new NotCedar("expected an effect");
    this.#tokens.expect("(");
    const principal = this.#constraint("principal");
    this.#tokens.expect(",");
    const action = this.#spanned("action", () => this.#actionConstraint());
    this.#tokens.expect(",");
    const resource = this.#constraint("resource");
    this.#tokens.take(",");
    this.#tokens.expect(")");
    const clauses: ClauseSyntax[] = [];
    while (!this.#tokens.is(";")) clauses.push(this.#clause());
    this.#tokens.expect(";");
    if (!this.#tokens.done) throw new NotCedar("more than one policy");
    const policy: PolicyJson = {
      effect: effect.text,
      principal: principal.json,
      action: action.json,
      resource: resource.json,
      conditions: clauses.map(({ kind, body }): ConditionJson => ({ kind, body })),
      ...(annotations.length === 0 ? {} : { annotations: annotationsOf(annotations) }),
    };
    return {
      policy,
      isTemplate: this.#isTemplate,
      annotations,
      effect: { start: effect.start, end: effect.end },
      scope: { principal: principal.span, action: action.span, resource: resource.span },
      clauses,
      spans: this.#expressions.spans,
      mentions: this.#expressions.mentions,
    };
  }

  #annotation(): AnnotationSyntax {
    const { start } = this.#tokens.expect("@");
    const name = this.#tokens.expectKind("identifier");
    const nameSpan = { start: name.start, end: name.end };
    if (this.#tokens.take("(") === undefined) {
      return { name: name.text, value: null, span: { start, end: name.end }, nameSpan, valueSpan: null };
    }
    const value = this.#tokens.expectKind("string");
    const { end } = this.#tokens.expect(")");
    const valueSpan = { start: value.start, end: value.end };
    return { name: name.text, value: unescapeText(value.text), span: { start, end }, nameSpan, valueSpan };
  }

  #spanned<T>(part: ScopePart, read: () => T): { json: T; span: Span } {
    const { start } = this.#tokens.expect(part);
    const json = read();
    return { json, span: { start, end: this.#tokens.peek(-1).end } };
  }

  #constraint(part: "principal" | "resource"): { json: ScopeConstraintJson; span: Span } {
    return this.#spanned(part, () => {
      if (this.#tokens.take("==")) return { op: "==", ...this.#target() };
      if (this.#tokens.take("in")) return { op: "in", ...this.#target() };
      if (this.#tokens.take("is") === undefined) return { op: "All" };
      const entity_type = this.#expressions.typeName();
      return this.#tokens.take("in")
        ? { op: "is", entity_type, in: this.#target() }
        : { op: "is", entity_type };
    });
  }

  #target(): { entity: { type: string; id: string } } | { slot: SlotId } {
    if (this.#tokens.peek().kind !== "slot") return { entity: this.#entity() };
    this.#isTemplate = true;
    return { slot: this.#tokens.next().text as SlotId };
  }

  #entity(): { type: string; id: string } {
    const { name, id } = this.#expressions.path();
    if (id === null) throw new NotCedar("expected an entity");
    return { type: name, id };
  }

  #actionConstraint(): ActionConstraintJson {
    if (this.#tokens.take("==")) return { op: "==", entity: this.#entity() };
    if (this.#tokens.take("in") === undefined) return { op: "All" };
    if (this.#tokens.take("[") === undefined) return { op: "in", entity: this.#entity() };
    const entities = this.#tokens.list("]", () => this.#entity());
    const [only, ...others] = entities;
    // Cedar writes a list of one as the one.
    return only !== undefined && others.length === 0 ? { op: "in", entity: only } : { op: "in", entities };
  }

  #clause(): ClauseSyntax {
    const keyword = this.#tokens.next();
    if (keyword.text !== "when" && keyword.text !== "unless") throw new NotCedar("expected a clause");
    this.#tokens.expect("{");
    const body = this.#expressions.expression();
    const { end } = this.#tokens.expect("}");
    return { kind: keyword.text, body, span: { start: keyword.start, end } };
  }
}

function annotationsOf(annotations: readonly AnnotationSyntax[]): Record<string, string | null> {
  return Object.fromEntries(annotations.map(({ name, value }) => [name, value]));
}
