import type { CompiledPolicy, PolicyBody } from "../../policy/compiled.js";
import type { Constraint } from "../../policy/scope.js";
import { countChains } from "./chains.js";
import { Constants } from "./constants.js";
import { ExpressionSource, type Situation } from "./expression-source.js";
import { quote } from "./literal-source.js";

/**
 * One function that decides all requests of a situation: a JavaScript expression for
 * `(frame, policies, combination) => void`, to be called with the very policies that it was written for, in their order.
 * All of them apply to the situation; what is left of their scope is in the code.
 */
export function decisionSource(policies: readonly CompiledPolicy[], situation: Situation): string {
  const constants = new Constants();
  const counts = new Map<string, number>();
  for (const { body } of policies) for (const { expr } of body.conditions) countChains(expr, counts);
  const expressions = new ExpressionSource(situation, constants, counts);
  const bodies = new BodySources(policies, expressions);
  const statements = policies.map((policy, index) => {
    const conditions = bodies.tests(policy.body);
    if (conditions[0] === "false") return "";
    return statement([...scopeTests(policy, expressions), ...conditions], index);
  });
  const variables = expressions.variables();
  return `(() => {
${constants.declarations()}return (F, policies, out) => {
const P = F.principal, A = F.action, R = F.resource, C = F.context;
const p = F.principalEntity, a = F.actionEntity, r = F.resourceEntity;
const pa = p?.attrs, aa = a?.attrs, ra = r?.attrs;
${variables.length === 0 ? "" : `let ${variables.join(", ")};\n`}${bodies.declarations()}${statements.join("")}};
})()`;
}

function statement(tests: readonly string[], index: number): string {
  const condition = tests.join(" && ") || "true";
  return `try { if (${condition}) out.satisfied(policies[${index}]); } catch (e) { out.erred(policies[${index}], e); }\n`;
}

function scopeTests({ scope }: CompiledPolicy, expressions: ExpressionSource): string[] {
  return (["principal", "resource"] as const).flatMap((part) =>
    constraintTests(part, scope[part], expressions),
  );
}

/** Types are the situation's, so neither is asked for here. */
function constraintTests(
  part: "principal" | "resource",
  constraint: Constraint,
  expressions: ExpressionSource,
): string[] {
  switch (constraint.op) {
    case "any":
      return [];
    case "==":
      return [`${part === "principal" ? "P" : "R"}.id === ${quote(constraint.uid.id)}`];
    case "in":
      return [`(${constraint.uids.map((uid) => expressions.knownIn(part, uid)).join(" || ") || "false"})`];
    case "is":
      return constraint.in === undefined ? [] : [expressions.knownIn(part, constraint.in)];
  }
}

/** Conditions that several policies share, as the links of a template do, are written once. */
class BodySources {
  readonly #expressions: ExpressionSource;
  readonly #shared = new Map<PolicyBody, { name: string; tests: readonly string[] }>();

  constructor(policies: readonly CompiledPolicy[], expressions: ExpressionSource) {
    this.#expressions = expressions;
    const seen = new Set<PolicyBody>();
    for (const { body } of policies) {
      if (seen.has(body) && !this.#shared.has(body)) {
        this.#shared.set(body, { name: `b${this.#shared.size}`, tests: this.#write(body) });
      }
      seen.add(body);
    }
  }

  tests(body: PolicyBody): readonly string[] {
    const shared = this.#shared.get(body);
    if (shared === undefined) return this.#write(body);
    return shared.tests.length === 0 ? [] : [`${shared.name}()`];
  }

  declarations(): string {
    return Array.from(this.#shared.values(), ({ name, tests }) =>
      tests.length === 0 ? "" : `const ${name} = () => ${tests.join(" && ")};\n`,
    ).join("");
  }

  /** Up to the first that is certain to fail. */
  #write({ conditions }: PolicyBody): readonly string[] {
    const tests: string[] = [];
    for (const { kind, expr } of conditions) {
      const test = this.#expressions.test(expr);
      const wanted =
        kind === "when" ? test : test === "true" ? "false" : test === "false" ? "true" : `!${test}`;
      if (wanted !== "true") tests.push(wanted);
      if (wanted === "false") break;
    }
    return tests;
  }
}
