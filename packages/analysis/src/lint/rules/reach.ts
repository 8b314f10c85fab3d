import type { ExprJson } from "@cordon/engine";
import type { PolicySyntax, ScopePart, Span } from "../../syntax/index.js";
import type { Finding } from "../finding.js";
import type { PolicyReasoning } from "../reasoning/policy-reasoning.js";
import { reasonerFor } from "../reasoning/policy-reasoning.js";
import { State } from "../reasoning/state.js";
import type { TypeWorld } from "../reasoning/type-world.js";

/** A policy as the rules see it. */
export interface Examined {
  readonly text: string;
  readonly syntax: PolicySyntax;
  readonly reasoning: PolicyReasoning;
  readonly world: TypeWorld;
}

/** What policies can never do, or always do: found by reasoning, so that it is so for every request. */
export function reachFindings(examined: Examined): Finding[] {
  const { reasoning } = examined;
  if (!reasoning.isComplete) return [];
  if (reasoning.satisfiable.length === 0) return [impossible(examined)];
  return [...permitEverything(examined), ...constantConditions(examined), ...redundantScope(examined)];
}

function permitEverything({ syntax, reasoning }: Examined): Finding[] {
  const { policy, clauses, scope, isTemplate } = syntax;
  const isOpen = policy.principal.op === "All" && policy.action.op === "All" && policy.resource.op === "All";
  if (policy.effect !== "permit" || !isOpen || isTemplate) return [];
  const isMet = ({ kind, body }: (typeof clauses)[number]) => {
    const outcome = reasoning.outcomes.get(body);
    return outcome?.value === (kind === "when") && !outcome.errs;
  };
  if (!clauses.every(isMet)) return [];
  return [
    {
      code: "permit_everything",
      message: "this permits everybody everything",
      help: "name who may do what in the scope, or say in a `when` on what condition",
      span: { start: syntax.effect.start, end: scope.resource.end + 1 },
    },
  ];
}

function impossible(examined: Examined): Finding {
  const { syntax, reasoning } = examined;
  if (reasoning.applicable === 0) return impossibleScope(examined);
  const clause = reasoning.deadClause === null ? undefined : syntax.clauses[reasoning.deadClause];
  if (clause === undefined) {
    return {
      code: "impossible_policy",
      message: `this ${syntax.policy.effect} never applies: for each kind of request, some condition of it fails`,
      help: "look at its conditions for each type of principal and resource that the actions apply to",
      span: syntax.effect,
    };
  }
  const at = culprit(clause.body, clause.kind === "unless", reasoning);
  const reason = becauseOf(examined, at);
  const never = clause.kind === "when" ? "is never true" : "is always true";
  return {
    code: "impossible_policy",
    message: `this ${syntax.policy.effect} never applies: its \`${clause.kind}\` ${never}`,
    help: reason ?? "mend the condition, or remove the policy",
    span: syntax.spans.get(at) ?? clause.span,
  };
}

/** The smallest part that alone makes `expr` come to `value`. */
function culprit(expr: ExprJson, value: boolean, reasoning: PolicyReasoning): ExprJson {
  const connective = value ? "||" : "&&";
  const operands =
    connective in expr
      ? (expr as Record<string, { left: ExprJson; right: ExprJson }>)[connective]
      : undefined;
  if (operands !== undefined) {
    const guilty = [operands.left, operands.right].find(
      (operand) => reasoning.outcomes.get(operand)?.value === value,
    );
    return guilty === undefined ? expr : culprit(guilty, value, reasoning);
  }
  return expr;
}

function impossibleScope({ syntax, reasoning, world, text }: Examined): Finding {
  const { policy, scope } = syntax;
  const actions = written(text, scope.action);
  const span = (part: ScopePart) => scope[part];
  const finding = (part: ScopePart, message: string, help: string): Finding => ({
    code: "impossible_policy",
    message: `this ${policy.effect} never applies: ${message}`,
    help,
    span: span(part),
  });
  const kinds = world.admitted(policy.action).environments;
  if (kinds.length === 0) {
    return finding(
      "action",
      `no action in \`${actions}\` applies to anything`,
      "name an action that has `appliesTo` in the schema",
    );
  }
  for (const part of ["principal", "resource"] as const) {
    const conditions = reasoning.scope.filter((constraint) => constraint.part === part);
    const fits = kinds.some((kind) => {
      const reasoner = reasonerFor(world, kind);
      return conditions.every(
        ({ condition }) => reasoner.evaluate(condition, State.start).constant !== false,
      );
    });
    if (fits) continue;
    const types = [...new Set(kinds.map((kind) => kind[part]))].map((type) => `\`${type}\``).join(", ");
    const askedFor = policy.action.op === "All" ? "every action" : `\`${actions}\``;
    return finding(
      part,
      `no request has \`${written(text, scope[part])}\``,
      `${askedFor} takes a ${part} of type ${types}`,
    );
  }
  return finding(
    "resource",
    "no action takes such a principal and such a resource together",
    "look at `appliesTo` of the actions in the schema",
  );
}

/** Conditions, and parts of them, that always come to the same; of nested ones the outermost. */
function constantConditions(examined: Examined): Finding[] {
  const { syntax, reasoning } = examined;
  const found: Finding[] = [];
  for (const { kind, body } of syntax.clauses) {
    const visit = (expr: ExprJson, isOperand: boolean): void => {
      const outcome = reasoning.outcomes.get(expr);
      if (
        isOperand &&
        outcome !== undefined &&
        outcome.value !== "depends" &&
        !(outcome.value && outcome.errs)
      ) {
        found.push(constantCondition(examined, expr, outcome.value, expr === body ? kind : null));
        return;
      }
      for (const [operand, counts] of conditionsIn(expr)) visit(operand, counts);
    };
    visit(body, true);
  }
  return found;
}

/** The conditions directly within one, and whether each being constant is worth a word. */
function conditionsIn(expr: ExprJson): [ExprJson, boolean][] {
  for (const connective of ["&&", "||"] as const) {
    const operands = (expr as Record<string, { left: ExprJson; right: ExprJson } | undefined>)[connective];
    if (operands !== undefined) return [operands.left, operands.right].map((operand) => [operand, true]);
  }
  if ("!" in expr) return [[(expr as { "!": { arg: ExprJson } })["!"].arg, true]];
  if (!("if-then-else" in expr)) return [];
  const branches = (expr as { "if-then-else": { if: ExprJson; then: ExprJson; else: ExprJson } })[
    "if-then-else"
  ];
  // `else false` is how one writes it.
  const counts = (branch: ExprJson) => !("Value" in branch);
  return [
    [branches.if, true],
    [branches.then, counts(branches.then)],
    [branches.else, counts(branches.else)],
  ];
}

function constantCondition(
  examined: Examined,
  expr: ExprJson,
  value: boolean,
  clause: "when" | "unless" | null,
): Finding {
  const { syntax, text } = examined;
  const span = syntax.spans.get(expr) ?? syntax.effect;
  const always = value ? "is always true" : "is never true";
  const what =
    clause === null ? `\`${shortened(written(text, span))}\`` : `the condition of this \`${clause}\``;
  const effect =
    clause === null
      ? "leave it out, or mend it: as it is, it decides nothing"
      : clause === "when"
        ? "leave the clause out: it restricts nothing"
        : "leave the clause out: it excludes nothing";
  const reason = becauseOf(examined, expr);
  return {
    code: value ? "condition_always_true" : "condition_never_true",
    message: `${what} ${always}`,
    help: reason === undefined ? effect : `${reason}; ${effect}`,
    span,
  };
}

function becauseOf({ syntax, reasoning, text }: Examined, expr: ExprJson): string | undefined {
  const because = reasoning.outcomes.get(expr)?.because;
  if (because === undefined) return undefined;
  const span = syntax.spans.get(because) ?? scopeSpan(syntax, reasoning, because);
  return span && `\`${shortened(written(text, span))}\` before it decides that`;
}

function scopeSpan(syntax: PolicySyntax, reasoning: PolicyReasoning, expr: ExprJson): Span | undefined {
  const constraint = reasoning.scope.find(({ condition }) => condition === expr);
  return constraint && syntax.scope[constraint.part];
}

/** Types that the scope asks for though nothing else can come. */
function redundantScope({ syntax, world, text }: Examined): Finding[] {
  const { policy, scope } = syntax;
  if (world.schema === null) return [];
  const kinds = world.admitted(policy.action).environments;
  return (["principal", "resource"] as const).flatMap((part): Finding[] => {
    const constraint = policy[part];
    if (constraint.op !== "is" || constraint.in !== undefined) return [];
    if (kinds.some((kind) => kind[part] !== constraint.entity_type)) return [];
    return [
      {
        code: "redundant_scope",
        message: `\`${written(text, scope[part])}\` is always so`,
        help: `every action in the scope takes a ${part} of type \`${constraint.entity_type}\` only`,
        span: scope[part],
      },
    ];
  });
}

export function written(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

const LONGEST = 60;

export function shortened(source: string): string {
  const line = source.replaceAll(/\s+/g, " ");
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
