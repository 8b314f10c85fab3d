import type { Token } from "@cordon/cedar";
import type { ExprJson } from "@cordon/engine";
import type { Mention, Span } from "./syntax.js";
import { readPattern, unescapeText } from "./text.js";
import { NotCedar, type TokenReader } from "./token-reader.js";

/** An expression with its outer extent: parentheses around it are part of what encloses it. */
interface Parsed extends Span {
  readonly json: ExprJson;
}

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">=", "in"]);
const BINARY_METHODS: ReadonlySet<string> = new Set([
  "contains",
  "containsAll",
  "containsAny",
  "getTag",
  "hasTag",
]);
const VARIABLES: ReadonlySet<string> = new Set(["principal", "action", "resource", "context"]);

/** Reads expressions, and notes where each of them and each name in them stands. */
export class ExpressionParser {
  readonly spans = new Map<ExprJson, Span>();
  readonly mentions: Mention[] = [];
  readonly #tokens: TokenReader;

  constructor(tokens: TokenReader) {
    this.#tokens = tokens;
  }

  expression(): ExprJson {
    return this.#expression().json;
  }

  /** `A::B::"id"` or `A::B`; the token after it is next. */
  path(): { name: string; id: string | null; span: Span } {
    const first = this.#tokens.expectKind("identifier");
    let name = first.text;
    let end = first.end;
    while (this.#tokens.take("::") !== undefined) {
      const part = this.#tokens.next();
      end = part.end;
      if (part.kind === "string")
        return this.#mentioned(name, unescapeText(part.text), { start: first.start, end });
      if (part.kind !== "identifier") throw new NotCedar("a path is made of names");
      name += `::${part.text}`;
    }
    return { name, id: null, span: { start: first.start, end } };
  }

  #mentioned(name: string, id: string, span: Span): { name: string; id: string; span: Span } {
    this.mentions.push({ kind: "entity", type: name, id, span });
    return { name, id, span };
  }

  typeName(): string {
    const { name, id, span } = this.path();
    if (id !== null) throw new NotCedar("expected the name of an entity type");
    this.mentions.push({ kind: "entity-type", name, span });
    return name;
  }

  #node(json: ExprJson, start: number, end: number): Parsed {
    this.spans.set(json, { start, end });
    return { json, start, end };
  }

  #expression(): Parsed {
    const start = this.#tokens.take("if");
    if (start === undefined) return this.#or();
    const test = this.#expression();
    this.#tokens.expect("then");
    const whenTrue = this.#expression();
    this.#tokens.expect("else");
    const whenFalse = this.#expression();
    // biome-ignore lint/suspicious/noThenProperty: an expression is data and never awaited
    const branches = { if: test.json, then: whenTrue.json, else: whenFalse.json };
    return this.#node({ "if-then-else": branches }, start.start, whenFalse.end);
  }

  #or(): Parsed {
    return this.#leftAssociative(["||"], () => this.#and());
  }

  #and(): Parsed {
    return this.#leftAssociative(["&&"], () => this.#relation());
  }

  #sum(): Parsed {
    return this.#leftAssociative(["+", "-"], () => this.#leftAssociative(["*"], () => this.#unary()));
  }

  #leftAssociative(operators: readonly string[], operand: () => Parsed): Parsed {
    let left = operand();
    for (;;) {
      const operator = operators.find((text) => this.#tokens.is(text));
      if (operator === undefined) return left;
      this.#tokens.next();
      left = this.#binary(operator, left, operand());
    }
  }

  #binary(operator: string, left: Parsed, right: Parsed): Parsed {
    const json = { [operator]: { left: left.json, right: right.json } } as ExprJson;
    return this.#node(json, left.start, right.end);
  }

  #relation(): Parsed {
    const left = this.#sum();
    const operator = this.#tokens.peek();
    if (operator.kind !== "string" && COMPARISONS.has(operator.text)) {
      this.#tokens.next();
      return this.#binary(operator.text, left, this.#sum());
    }
    if (this.#tokens.take("has") !== undefined) return this.#has(left);
    if (this.#tokens.take("like") !== undefined) {
      const literal = this.#tokens.expectKind("string");
      const like = { left: left.json, pattern: readPattern(literal.text) };
      return this.#node({ like }, left.start, literal.end);
    }
    if (this.#tokens.take("is") !== undefined) return this.#is(left);
    return left;
  }

  #has(left: Parsed): Parsed {
    const first = this.#tokens.next();
    const path = [this.#attribute(first, left.json)];
    let end = first.end;
    while (first.kind === "identifier" && this.#tokens.take(".") !== undefined) {
      const part = this.#tokens.expectKind("identifier");
      path.push(part.text);
      end = part.end;
    }
    const attr = path.length === 1 ? (path[0] ?? "") : path;
    return this.#node({ has: { left: left.json, attr } }, left.start, end);
  }

  #is(left: Parsed): Parsed {
    const entity_type = this.typeName();
    const end = this.#lastEnd;
    if (this.#tokens.take("in") === undefined) {
      return this.#node({ is: { left: left.json, entity_type } }, left.start, end);
    }
    const within = this.#sum();
    return this.#node({ is: { left: left.json, entity_type, in: within.json } }, left.start, within.end);
  }

  /** Where the token before the next one ends. */
  get #lastEnd(): number {
    return this.#tokens.peek(-1).end;
  }

  #unary(): Parsed {
    const sign = this.#tokens.peek();
    if (sign.text === "!" && sign.kind === "punctuation") {
      this.#tokens.next();
      const operand = this.#unary();
      return this.#node({ "!": { arg: operand.json } }, sign.start, operand.end);
    }
    if (sign.text !== "-" || sign.kind !== "punctuation") return this.#member();
    this.#tokens.next();
    if (this.#isBareNumber()) {
      const digits = this.#tokens.next();
      return this.#node({ Value: toNumber(`-${digits.text}`) }, sign.start, digits.end);
    }
    const operand = this.#unary();
    return this.#node({ neg: { arg: operand.json } }, sign.start, operand.end);
  }

  /** Digits that nothing is asked of: a minus before them is part of the literal. */
  #isBareNumber(): boolean {
    return this.#tokens.peek().kind === "number" && !this.#tokens.is(".", 1) && !this.#tokens.is("[", 1);
  }

  #member(): Parsed {
    let left = this.#primary();
    for (;;) {
      if (this.#tokens.take(".") !== undefined) left = this.#access(left);
      else if (this.#tokens.take("[") !== undefined) {
        const literal = this.#tokens.expectKind("string");
        const attr = this.#attribute(literal, left.json);
        left = this.#node({ ".": { left: left.json, attr } }, left.start, this.#tokens.expect("]").end);
      } else return left;
    }
  }

  #access(left: Parsed): Parsed {
    const name = this.#tokens.expectKind("identifier");
    if (!this.#tokens.is("(")) {
      const attr = this.#attribute(name, left.json);
      return this.#node({ ".": { left: left.json, attr } }, left.start, name.end);
    }
    this.#tokens.next();
    const args = this.#tokens.list(")", () => this.#expression().json);
    const end = this.#lastEnd;
    const [first] = args;
    if (name.text === "isEmpty") return this.#node({ isEmpty: { arg: left.json } }, left.start, end);
    if (BINARY_METHODS.has(name.text) && first !== undefined) {
      return this.#node({ [name.text]: { left: left.json, right: first } } as ExprJson, left.start, end);
    }
    return this.#node({ [name.text]: [left.json, ...args] } as ExprJson, left.start, end);
  }

  #attribute(token: Token, on: ExprJson): string {
    if (token.kind !== "identifier" && token.kind !== "string") throw new NotCedar("expected an attribute");
    const name = token.kind === "string" ? unescapeText(token.text) : token.text;
    this.mentions.push({ kind: "attribute", name, on, span: { start: token.start, end: token.end } });
    return name;
  }

  #primary(): Parsed {
    const token = this.#tokens.peek();
    switch (token.kind) {
      case "string":
        this.#tokens.next();
        return this.#node({ Value: unescapeText(token.text) }, token.start, token.end);
      case "number":
        this.#tokens.next();
        return this.#node({ Value: toNumber(token.text) }, token.start, token.end);
      case "identifier":
        return this.#named(token);
      case "punctuation":
        return this.#enclosed(token);
      default:
        throw new NotCedar(`\`${token.text}\` begins no expression`);
    }
  }

  #named(token: Token): Parsed {
    const isPath = this.#tokens.is("::", 1);
    if (!isPath && (token.text === "true" || token.text === "false")) {
      this.#tokens.next();
      return this.#node({ Value: token.text === "true" }, token.start, token.end);
    }
    if (!isPath && VARIABLES.has(token.text) && !this.#tokens.is("(", 1)) {
      this.#tokens.next();
      return this.#node({ Var: token.text } as ExprJson, token.start, token.end);
    }
    const { name, id, span } = this.path();
    if (id !== null) return this.#node({ Value: { __entity: { type: name, id } } }, span.start, span.end);
    this.#tokens.expect("(");
    const args = this.#tokens.list(")", () => this.#expression().json);
    return this.#node({ [name]: args }, token.start, this.#lastEnd);
  }

  #enclosed(opening: Token): Parsed {
    this.#tokens.next();
    switch (opening.text) {
      case "(": {
        const inner = this.#expression();
        return { json: inner.json, start: opening.start, end: this.#tokens.expect(")").end };
      }
      case "[": {
        const elements = this.#tokens.list("]", () => this.#expression().json);
        return this.#node({ Set: elements }, opening.start, this.#lastEnd);
      }
      case "{": {
        const members = this.#tokens.list("}", () => this.#recordMember());
        // By `fromEntries`, so that `__proto__` is a name like any other.
        return this.#node({ Record: Object.fromEntries(members) }, opening.start, this.#lastEnd);
      }
      default:
        throw new NotCedar(`\`${opening.text}\` begins no expression`);
    }
  }

  #recordMember(): [string, ExprJson] {
    const name = this.#tokens.next();
    if (name.kind !== "identifier" && name.kind !== "string") throw new NotCedar("expected a member's name");
    this.#tokens.expect(":");
    return [name.kind === "string" ? unescapeText(name.text) : name.text, this.#expression().json];
  }
}

function toNumber(digits: string): number | bigint {
  const number = Number(digits);
  // Adding 0 turns -0 into 0.
  return Number.isSafeInteger(number) ? number + 0 : BigInt(digits);
}
