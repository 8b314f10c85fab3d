import { decodeValue } from "../codec/decode-value.js";
import { describeValue } from "../value/describe.js";
import type { CedarValueJson } from "../value/types.js";
import { failingParts } from "./explain.js";
import type {
  ClauseExplanation,
  Explanation,
  ExprTrace,
  PolicyExplanation,
  SourcePosition,
} from "./types.js";

export interface RenderOptions {
  /** ANSI colours. */
  color?: boolean;
  /** All policies, where otherwise those that came nearest stand for the rest. */
  all?: boolean;
}

const NEAR_MISSES = 3;
const MAX_VALUE_LENGTH = 100;

/** Lines of one explanation, with the colours asked for. */
class Page {
  readonly #lines: string[] = [];
  readonly #color: boolean;

  constructor(color: boolean) {
    this.#color = color;
  }

  line(indent: number, text: string): void {
    this.#lines.push(text === "" ? "" : `${"  ".repeat(indent)}${text}`);
  }

  good(text: string): string {
    return this.#paint(text, "32");
  }

  bad(text: string): string {
    return this.#paint(text, "31");
  }

  strong(text: string): string {
    return this.#paint(text, "1");
  }

  faint(text: string): string {
    return this.#paint(text, "2");
  }

  mark(holds: boolean | undefined): string {
    if (holds === undefined) return this.faint("·");
    return holds ? this.good("✓") : this.bad("✗");
  }

  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  #paint(text: string, code: string): string {
    return this.#color ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

/**
 * An explanation for people in a terminal: the determining policies, those that erred and, where nothing
 * was determining, those that came nearest, part by part with the values that decided.
 */
export function renderExplanation(explanation: Explanation, options: RenderOptions = {}): string {
  const page = new Page(options.color === true);
  page.line(0, headline(explanation, page));
  const shown = options.all === true ? explanation.policies : worthShowing(explanation);
  for (const policy of shown) {
    page.line(0, "");
    renderPolicy(policy, page);
  }
  const hidden = explanation.policies.length - shown.length;
  if (hidden > 0) {
    page.line(0, "");
    page.line(0, page.faint(`${hidden} other ${hidden === 1 ? "policy does" : "policies do"} not apply`));
  }
  return page.toString();
}

/** One policy of an explanation, as `renderExplanation` shows it; ends with a line break. */
export function renderPolicyExplanation(
  policy: PolicyExplanation,
  options: Pick<RenderOptions, "color"> = {},
): string {
  const page = new Page(options.color === true);
  renderPolicy(policy, page);
  return page.toString();
}

function headline({ decision, policies }: Explanation, page: Page): string {
  const count = policies.filter((policy) => policy.determining).length;
  const failed = policies.filter((policy) => policy.outcome === "error").length;
  const note = failed === 0 ? "" : page.bad(`; ${failed} ${failed === 1 ? "policy" : "policies"} failed`);
  if (decision === "allow") {
    return `${page.good("ALLOW")}  ${counted(count, "permit")} the request, and nothing forbids it${note}`;
  }
  if (count > 0) return `${page.bad("DENY")}  ${counted(count, "forbid")} the request${note}`;
  return `${page.bad("DENY")}  no policy permits the request${note}`;
}

function counted(count: number, verb: string): string {
  return count === 1 ? `1 policy ${verb}s` : `${count} policies ${verb}`;
}

function worthShowing({ policies }: Explanation): PolicyExplanation[] {
  const decided = policies.filter((policy) => policy.determining || policy.outcome === "error");
  if (policies.some((policy) => policy.determining)) return decided;
  const near = policies.filter(
    (policy) => policy.outcome === "not_satisfied" && policy.effect === "permit" && isNear(policy),
  );
  return [...decided, ...near.slice(0, NEAR_MISSES)];
}

function isNear({ scope }: PolicyExplanation): boolean {
  return scope.every(({ part, holds }) => part !== "action" || holds);
}

function renderPolicy(policy: PolicyExplanation, page: Page): void {
  const position = policy.position === undefined ? "" : `  ${page.faint(positionText(policy.position))}`;
  page.line(0, `${page.strong(policy.policyId)}  ${outcomeText(policy, page)}${position}`);
  const reason = policy.annotations.reason;
  if (reason !== undefined && reason !== "") page.line(1, page.faint(`“${reason}”`));
  for (const { text, holds } of policy.scope) {
    if (!isBare(text) || !holds) page.line(1, `${page.mark(holds)} ${text}`);
  }
  for (const clause of policy.clauses) renderClause(clause, page);
}

/** `principal`, `action` or `resource` alone: nothing asked. */
function isBare(text: string): boolean {
  return !text.includes(" ");
}

function outcomeText(policy: PolicyExplanation, page: Page): string {
  if (policy.outcome === "error") return page.bad(`${policy.effect} failed: ${policy.error?.message ?? ""}`);
  if (policy.outcome === "satisfied") {
    const verb = `${policy.effect}s`;
    return policy.effect === "permit" ? page.good(verb) : page.bad(verb);
  }
  const failing = failingParts(policy);
  return page.faint(`does not ${policy.effect}: ${failing} ${failing === 1 ? "part fails" : "parts fail"}`);
}

function renderClause(clause: ClauseExplanation, page: Page): void {
  const position = clause.position === undefined ? "" : `  ${page.faint(positionText(clause.position))}`;
  const met = clauseMet(clause);
  const { operator, children } = clause.trace;
  if (operator === "&&" && children.length > 1 && clause.outcome !== "not_evaluated") {
    page.line(1, `${page.mark(met)} ${clause.kind}${position}`);
    renderParts(clause.trace, children, 2, page, clause.kind === "unless");
    return;
  }
  const skipped = clause.outcome === "not_evaluated" ? page.faint("  (not evaluated)") : "";
  page.line(1, `${page.mark(met)} ${clause.kind} ${clause.text}${position}${skipped}`);
  if (clause.outcome !== "not_evaluated") renderWhy(clause.trace, 3, page, clause.kind === "unless");
}

function clauseMet({ kind, outcome }: ClauseExplanation): boolean | undefined {
  if (outcome === "not_evaluated") return undefined;
  return outcome === (kind === "when");
}

/**
 * The operands of a connective. A tick means the operand is as the policy wants it; one that is not, but does
 * not matter because another one decided, is no cross. Under `unless` and `!` what is wanted is false, so
 * there, and wherever the mark does not tell, what the operand came to is written out.
 */
function renderParts(
  whole: ExprTrace,
  parts: readonly ExprTrace[],
  indent: number,
  page: Page,
  inverted: boolean,
): void {
  for (const part of parts) {
    const holds = partHolds(part, inverted);
    const harmless = holds === false && partHolds(whole, inverted) === true;
    const outcome = (inverted || harmless) && part.value !== undefined ? page.faint(`: ${part.value}`) : "";
    page.line(indent, `${page.mark(harmless ? undefined : holds)} ${part.text}${outcome}`);
    renderWhy(part, indent + 2, page, inverted);
  }
}

function partHolds(trace: ExprTrace, inverted: boolean): boolean | undefined {
  if (!trace.evaluated) return undefined;
  return trace.error === undefined && trace.value === !inverted;
}

/** What made an expression come out as it did: its parts where it is a connective, else the values in it. */
function renderWhy(trace: ExprTrace, indent: number, page: Page, inverted: boolean): void {
  // Of an attribute that is true or false, the mark says all.
  if (!trace.evaluated || (isLookup(trace) && typeof trace.value === "boolean")) return;
  const [first] = trace.children;
  if (trace.operator === "!" && first !== undefined) {
    renderWhy(first, indent, page, !inverted);
    return;
  }
  if (trace.operator === "if" && first?.value !== undefined) {
    page.line(indent, `${page.faint(`${first.text}:`)} ${valueText(first.value)}`);
    renderParts(trace, evaluated(trace.children.slice(1)), indent, page, inverted);
    return;
  }
  if (trace.operator === "&&" || trace.operator === "||") {
    renderParts(trace, evaluated(trace.children), indent, page, inverted);
    return;
  }
  const values = decidingValues(trace);
  for (const { text, value } of values) page.line(indent, `${page.faint(`${text} is`)} ${valueText(value)}`);
  const failed = innermostError(trace);
  if (failed !== undefined) page.line(indent, page.bad(failed.message));
}

function evaluated(traces: readonly ExprTrace[]): ExprTrace[] {
  return traces.filter((trace) => trace.evaluated);
}

/** What the request and its entities contributed: attributes, tags and, where they are compared, the variables. */
function decidingValues(trace: ExprTrace): { text: string; value: CedarValueJson }[] {
  const found = new Map<string, CedarValueJson>();
  const visit = (inner: ExprTrace, withVariables: boolean): void => {
    const telling = isLookup(inner) || isComputed(inner) || (withVariables && inner.operator === "variable");
    if (telling && inner.value !== undefined) found.set(inner.text, inner.value);
    else for (const child of inner.children) visit(child, inner.operator !== "has" && !isLookup(inner));
  };
  visit(trace, true);
  return [...found].map(([text, value]) => ({ text, value }));
}

function isLookup({ operator }: ExprTrace): boolean {
  return operator === "." || operator === "getTag";
}

/** The result of a method such as `context.now.toTime()`; one that is true or false says no more than its part does. */
function isComputed({ operator, value }: ExprTrace): boolean {
  return operator === "call" && typeof value !== "boolean";
}

function innermostError(trace: ExprTrace): { message: string } | undefined {
  for (const child of trace.children) {
    const inner = innermostError(child);
    if (inner !== undefined) return inner;
  }
  return trace.error;
}

function valueText(value: CedarValueJson): string {
  const text = describeValue(decodeValue(value));
  return text.length <= MAX_VALUE_LENGTH ? text : `${text.slice(0, MAX_VALUE_LENGTH - 1)}…`;
}

function positionText({ file, line, column }: SourcePosition): string {
  return `${file}:${line}:${column}`;
}
