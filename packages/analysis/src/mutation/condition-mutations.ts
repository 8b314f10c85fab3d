import { tokenize } from "@cordon/cedar";
import type { ExprJson } from "@cordon/engine";
import type { PolicySyntax, Span } from "../syntax/index.js";
import type { Mutation } from "./mutant.js";

interface Binary {
  readonly left: ExprJson;
  readonly right: ExprJson;
}

const OTHER_OPERATORS: Readonly<Record<string, readonly string[]>> = {
  "==": ["!="],
  "!=": ["=="],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "+": ["-"],
  "-": ["+"],
  "*": ["+"],
  containsAll: ["containsAny"],
  containsAny: ["containsAll"],
};
const METHOD_COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  lessThan: ["lessThanOrEqual", "greaterThanOrEqual"],
  lessThanOrEqual: ["lessThan", "greaterThan"],
  greaterThan: ["greaterThanOrEqual", "lessThanOrEqual"],
  greaterThanOrEqual: ["greaterThan", "lessThan"],
};

/** Clauses dropped and inverted, and every change of an expression within them. */
export function conditionMutations(syntax: PolicySyntax, text: string): Mutation[] {
  return syntax.clauses.flatMap(({ kind, body, span }) => {
    const other = kind === "when" ? "unless" : "when";
    const own: Mutation[] = [
      { kind: "clause_dropped", what: `\`${kind}\` dropped`, span: withSpaceBefore(text, span), text: "" },
      {
        kind: "clause_inverted",
        what: `\`${kind}\` became \`${other}\``,
        span: { start: span.start, end: span.start + kind.length },
        text: other,
      },
    ];
    const mutator = new ExpressionMutator(syntax, text);
    mutator.visit(body, true);
    return [...own, ...mutator.mutations];
  });
}

function withSpaceBefore(text: string, { start, end }: Span): Span {
  return { start: text.slice(0, start).trimEnd().length, end };
}

class ExpressionMutator {
  readonly mutations: Mutation[] = [];

  constructor(
    readonly syntax: PolicySyntax,
    readonly text: string,
  ) {}

  /** @param negated whether another change negates it already */
  visit(expr: ExprJson, negated: boolean): void {
    const [operator, body] = Object.entries(expr)[0] as [string, unknown];
    if (operator === "&&" || operator === "||") this.#connective(expr, operator, body as Binary);
    else if (operator === "!") this.#not(expr, (body as { arg: ExprJson }).arg);
    else if (operator === "if-then-else")
      this.#conditional(body as { if: ExprJson; then: ExprJson; else: ExprJson });
    else {
      if (!negated) this.#negate(expr);
      this.#inside(expr, operator, body);
    }
  }

  #connective(expr: ExprJson, operator: "&&" | "||", { left, right }: Binary): void {
    const [first, second] = [this.#outer(left, expr), this.#outer(right, expr)];
    const other = operator === "&&" ? "||" : "&&";
    this.#replaceToken({ start: first.end, end: second.start }, operator, [other], "connective_swapped");
    this.#add(
      "operand_dropped",
      `\`${this.#written(right)}\` dropped`,
      { start: first.end, end: second.end },
      "",
    );
    // Of a chain each operand is dropped once: the left of a chain is a shorter chain.
    if (!(operator in left)) {
      this.#add(
        "operand_dropped",
        `\`${this.#written(left)}\` dropped`,
        { start: first.start, end: second.start },
        "",
      );
    }
    this.visit(left, false);
    this.visit(right, false);
  }

  #not(expr: ExprJson, arg: ExprJson): void {
    const { start, end } = this.#outer(arg, expr);
    this.#add("condition_negated", "`!` dropped", this.#span(expr), this.text.slice(start, end));
    this.visit(arg, true);
  }

  #conditional({
    if: test,
    then: whenTrue,
    else: whenFalse,
  }: {
    if: ExprJson;
    then: ExprJson;
    else: ExprJson;
  }): void {
    this.visit(test, false);
    this.visit(whenTrue, true);
    this.visit(whenFalse, true);
  }

  #negate(expr: ExprJson): void {
    const written = this.#written(expr);
    if (written === "true" || written === "false") return;
    const text = /^[\w.]+$/.test(written) ? `!${written}` : `!(${written})`;
    this.#add("condition_negated", `\`${oneLine(written)}\` negated`, this.#span(expr), text);
  }

  /** Operators within a condition that is no connective. */
  #inside(expr: ExprJson, operator: string, body: unknown): void {
    if (operator === "Value") {
      if (typeof body !== "boolean") return;
      this.#add("literal_flipped", `\`${body}\` became \`${!body}\``, this.#span(expr), String(!body));
      return;
    }
    const binary = OTHER_OPERATORS[operator];
    if (binary !== undefined) {
      const { left, right } = body as Binary;
      const between = { start: this.#outer(left, expr).end, end: this.#outer(right, expr).start };
      this.#replaceToken(between, operator, binary, "operator_changed");
    }
    const method = METHOD_COMPARISONS[operator];
    if (method !== undefined && Array.isArray(body) && body.length === 2) {
      const [left, right] = body as [ExprJson, ExprJson];
      const between = { start: this.#outer(left, expr).end, end: this.#outer(right, expr).start };
      this.#replaceToken(between, operator, method, "operator_changed");
    }
    for (const child of operandsOf(body)) {
      const [inner, innerBody] = Object.entries(child)[0] as [string, unknown];
      if (inner === "&&" || inner === "||" || inner === "!" || inner === "if-then-else")
        this.visit(child, true);
      else this.#inside(child, inner, innerBody);
    }
  }

  #replaceToken(between: Span, operator: string, others: readonly string[], kind: Mutation["kind"]): void {
    const token = tokenize(this.text.slice(between.start, between.end)).find(({ text }) => text === operator);
    if (token === undefined) return;
    const span = { start: between.start + token.start, end: between.start + token.end };
    for (const other of others) this.#add(kind, `\`${operator}\` became \`${other}\``, span, other);
  }

  #add(kind: Mutation["kind"], what: string, span: Span, text: string): void {
    this.mutations.push({ kind, what: oneLine(what), span, text });
  }

  #span(expr: ExprJson): Span {
    return this.syntax.spans.get(expr) ?? { start: 0, end: 0 };
  }

  /** The span with the parentheses around it that belong to `parent`. */
  #outer(expr: ExprJson, parent: ExprJson): Span {
    const limit = this.#span(parent);
    let { start, end } = this.#span(expr);
    for (;;) {
      const before = /\(\s*$/.exec(this.text.slice(limit.start, start));
      const after = /^\s*\)/.exec(this.text.slice(end, limit.end));
      if (before === null || after === null) return { start, end };
      start = limit.start + before.index;
      end += after[0].length;
    }
  }

  #written(expr: ExprJson): string {
    const { start, end } = this.#span(expr);
    return this.text.slice(start, end);
  }
}

/** The direct sub-expressions of whatever an operator has. */
function operandsOf(body: unknown): ExprJson[] {
  if (Array.isArray(body)) return body as ExprJson[];
  if (typeof body !== "object" || body === null) return [];
  const members = body as Record<string, unknown>;
  const own = ["left", "right", "arg", "in"].flatMap((name) =>
    isExpr(members[name]) ? [members[name]] : [],
  );
  return own.length > 0 ? own : Object.values(members).filter(isExpr);
}

function isExpr(value: unknown): value is ExprJson {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}
