import { TextPositions } from "@cordon/cedar";
import type { Bundle, ClauseExplanation, Explanation, ExprTrace, PolicyExplanation } from "@cordon/engine";
import { Answering, type Question, type TestSuite } from "../policy-tests/index.js";
import type { ConditionCoverage, Coverage, PolicyCoverage, Seen } from "./model.js";
import { uncovered } from "./policy-conditions.js";

/** What the questions of a suite's tests let be seen of its policies. */
export function collectCoverage(suite: TestSuite): Coverage {
  const collector = new CoverageCollector(suite.bundle, suite.texts);
  const answering = new Answering(suite);
  for (const { cases, matrices } of suite.files) {
    const questions: Question[] = [...cases, ...matrices.flatMap(({ cells }) => cells)];
    for (const question of questions) {
      const { explanation } = answering.explain(question);
      if (explanation !== null) collector.add(explanation);
    }
  }
  return collector.coverage();
}

/** Gathers what explanations of decisions tell about each policy of a bundle and each condition in it. */
export class CoverageCollector {
  readonly #texts: ReadonlyMap<string, string>;
  /** By id of the policy, or of the template that a linked policy comes from. */
  readonly #policies = new Map<string, PolicyCoverage>();
  readonly #templateOf: ReadonlyMap<string, string>;
  #questions = 0;

  constructor(bundle: Bundle, texts: ReadonlyMap<string, string>) {
    this.#texts = texts;
    this.#templateOf = new Map(
      bundle.policies.templateLinks.map(({ newId, templateId }) => [newId, templateId]),
    );
    const positions = new Map<string, TextPositions>();
    for (const [id, source] of Object.entries(bundle.sources)) {
      const text = texts.get(source.file) ?? source.text;
      const places = positions.get(source.file) ?? new TextPositions(text);
      positions.set(source.file, places);
      const policy = uncovered(id, source, places, offsetOf(text, source.line, source.column));
      if (policy !== null) this.#policies.set(id, policy);
    }
  }

  add({ policies }: Explanation): void {
    this.#questions += 1;
    for (const explained of policies) {
      const id = this.#templateOf.get(explained.policyId) ?? explained.policyId;
      const policy = this.#policies.get(id);
      if (policy !== undefined) addPolicy(policy, explained);
    }
  }

  coverage(): Coverage {
    const byFile = new Map<string, PolicyCoverage[]>();
    for (const policy of this.#policies.values()) {
      const others = byFile.get(policy.file);
      if (others === undefined) byFile.set(policy.file, [policy]);
      else others.push(policy);
    }
    const files = [...byFile].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      questions: this.#questions,
      files: files.map(([file, policies]) => ({ file, text: this.#texts.get(file) ?? "", policies })),
    };
  }
}

/**
 * An explanation also looks at what a decision doesn't: clauses of policies whose scope doesn't fit, or after one
 * that failed. Those were not seen: only what decided counts.
 */
function addPolicy(policy: PolicyCoverage, { scope, outcome, clauses }: PolicyExplanation): void {
  if (!scope.every(({ holds }) => holds)) return;
  count(policy.seen, outcome === "error" ? "error" : outcome === "satisfied");
  for (const [index, clause] of clauses.entries()) {
    const condition = policy.clauses[index];
    if (condition === undefined) return;
    addCondition(condition, clause.trace);
    if (!isMet(clause)) return;
  }
}

function isMet({ kind, outcome }: ClauseExplanation): boolean {
  return outcome === (kind === "when");
}

function addCondition(condition: ConditionCoverage, trace: ExprTrace): void {
  if (!trace.evaluated) return;
  if (trace.error !== undefined) count(condition.seen, "error");
  else if (typeof trace.value === "boolean") count(condition.seen, trace.value);
  for (const [index, child] of condition.children.entries()) {
    const inner = trace.children[index];
    if (inner !== undefined) addCondition(child, inner);
  }
}

function count(seen: Seen, outcome: boolean | "error"): void {
  seen[outcome === "error" ? "error" : outcome ? "true" : "false"] += 1;
}

/** The UTF-16 offset of a line and column, both counted from 1. */
function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let current = 1; current < line; current++) start = text.indexOf("\n", start) + 1;
  return start + column - 1;
}
