import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { type ConditionCoverage, CoverageCollector } from "@cordon/analysis/coverage";
import { applyTo, mutationsOf } from "@cordon/analysis/mutation";
import { parsePolicySyntax } from "@cordon/analysis/syntax";
import { buildBundle } from "@cordon/cedar";
import { cedar } from "@cordon/cedar/internal";
import {
  type CedarRecord,
  type CedarValueJson,
  compile,
  decodeValue,
  EngineError,
  EntityStore,
  EntityUid,
  type ExprTrace,
  type PolicyJson,
  type Request,
} from "@cordon/engine";
import fc from "fast-check";
import type { World } from "./generate/world.js";
import { runSettings, shrinkingInTime, worlds } from "./run.js";

test("every change that mutation makes of a policy is one that Cedar reads as another", (context) => {
  const { cases, seed } = runSettings(1_000);
  context.diagnostic(`seed ${seed}: replay with CORDON_SEED=${seed}`);
  let [changes, same] = [0, 0];
  const check = shrinkingInTime((text: string) => {
    const syntax = parsePolicySyntax(text);
    assert.ok(syntax);
    const changed = mutationsOf(syntax, text, null).filter(({ kind }) => kind !== "policy_removed");
    const read = changed.map((mutation) => officialReading(applyTo(text, mutation), mutation.what));
    changes += read.length;
    same += read.filter((policy) => isDeepStrictEqual(policy, syntax.policy)).length;
  });
  const property = fc.property(worlds(0), ({ policies }) => {
    for (const text of [...policies.staticPolicies, ...Object.values(policies.templates)]) check(text);
  });
  fc.assert(property, { seed, numRuns: Math.ceil(Math.min(cases, 20_000) / 10) });
  context.diagnostic(`${changes} changes, ${same} of them read as the same`);
  assert.ok(changes > cases && same < changes / 100, `${changes} changes, ${same} the same`);
});

function officialReading(text: string, what: string): PolicyJson {
  const isTemplate = parsePolicySyntax(text)?.isTemplate === true;
  const answer = isTemplate ? cedar().templateToJson(text) : cedar().policyToJson(text);
  if (answer.type === "failure") assert.fail(`${what}: ${answer.errors[0]?.message}: ${text}`);
  return answer.json as PolicyJson;
}

test("coverage counts each condition by the trace of that very condition", (context) => {
  const { cases, seed } = runSettings(1_000);
  context.diagnostic(`seed ${seed}: replay with CORDON_SEED=${seed}`);
  let compared = 0;
  const check = shrinkingInTime((world: World) => {
    const path = "p.cedar";
    const text = world.policies.staticPolicies.join("\n");
    const built = buildBundle({ policies: [{ path, text }], settings: {} });
    assert.ok(built.ok);
    const collector = new CoverageCollector(built.bundle, new Map([[path, text]]));
    const { files } = collector.coverage();
    const policies = new Map(
      files.flatMap((file) => file.policies).map((policy) => [policy.policyId, policy]),
    );
    const authorizer = compile(built.bundle);
    for (const request of requestsOf(world)) {
      const explanation = authorizer.explain(request, EntityStore.from([]));
      collector.add(explanation);
      for (const { policyId, clauses } of explanation.policies) {
        const policy = policies.get(policyId);
        assert.equal(policy?.clauses.length, clauses.length);
        for (const [index, { trace }] of clauses.entries()) {
          const condition = policy?.clauses[index];
          assert.ok(condition);
          compared += compare(condition, trace, text);
        }
      }
    }
  });
  const property = fc.property(worlds(5), (world) => {
    if (world.fault === null) check(world);
  });
  fc.assert(property, { seed, numRuns: Math.ceil(Math.min(cases, 20_000) / 10) });
  context.diagnostic(`${compared} conditions compared`);
  assert.ok(compared > cases / 10, `${compared} conditions`);
});

/** Checks that both trees have the same expressions in the same places; returns how many leaves they have. */
function compare({ span, children }: ConditionCoverage, trace: ExprTrace, text: string): number {
  if (!trace.evaluated) return 0;
  if (children.length === 0) {
    assert.deepEqual(bodyOf(text.slice(span.start, span.end)), bodyOf(trace.text));
    return 1;
  }
  assert.equal(children.length, trace.children.length);
  return children.reduce((sum, child, index) => {
    const inner = trace.children[index];
    assert.ok(inner);
    return sum + compare(child, inner, text);
  }, 0);
}

function bodyOf(expression: string): unknown {
  const answer = cedar().policyToJson(`permit (principal, action, resource) when { ${expression} };`);
  if (answer.type === "failure") assert.fail(`${answer.errors[0]?.message}: ${expression}`);
  return withoutGrouping(answer.json.conditions[0]?.body);
}

/** Chains of `&&` and of `||` as lists: evaluation goes from left to right however they are grouped, and traces don't group. */
function withoutGrouping(json: unknown): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map(withoutGrouping);
  const entries = Object.entries(json).map(([key, value]): [string, unknown] => {
    const isChain = key === "&&" || key === "||";
    return [key, isChain ? operandsOf(key, json).map(withoutGrouping) : withoutGrouping(value)];
  });
  return new Map(entries);
}

function operandsOf(operator: "&&" | "||", expression: unknown): unknown[] {
  if (typeof expression !== "object" || expression === null || !Object.hasOwn(expression, operator)) {
    return [expression];
  }
  const { left, right } = (expression as Record<string, { left: unknown; right: unknown }>)[operator] ?? {};
  return [...operandsOf(operator, left), ...operandsOf(operator, right)];
}

function requestsOf({ requests }: World): Request[] {
  return requests.flatMap(({ principal, action, resource, context }) => {
    try {
      return [
        {
          principal: EntityUid.of(principal.type, principal.id),
          action: EntityUid.of(action.type, action.id),
          resource: EntityUid.of(resource.type, resource.id),
          context: decodeValue(context as CedarValueJson) as CedarRecord,
        },
      ];
    } catch (error) {
      // Some contexts can only be read with their schema.
      if (error instanceof EngineError) return [];
      throw error;
    }
  });
}
