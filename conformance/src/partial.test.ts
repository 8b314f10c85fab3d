import assert from "node:assert/strict";
import { test } from "node:test";
import type { PartialAuthorizationCall, ResidualResponse } from "@cedar-policy/cedar-wasm/nodejs";
import { cedar } from "@cordon/cedar/internal";
import {
  type Authorizer,
  compile,
  conditionHolds,
  describeExpression,
  type Explanation,
  type PartialRequest,
  type PolicyJson,
  type Request,
  type Residual,
} from "@cordon/engine";
import fc from "fast-check";
import { callOf, type World } from "./generate/world.js";
import { type EngineWorld, engineWorld } from "./project.js";
import { runSettings, shrinkingInTime, worlds } from "./run.js";

/** Each costs milliseconds: the official partial evaluation parses everything anew. */
const REQUESTS_PER_WORLD = 2;

type Part = "principal" | "action" | "resource";
type Outcome = Explanation["policies"][number]["outcome"];

const unknownParts = fc.constantFrom<Part[]>(
  ["resource"],
  ["principal"],
  ["principal", "resource"],
  ["action"],
);

test("what is left of policies comes to the same as what cedar-wasm leaves", (context) => {
  const { cases, seed } = runSettings(200);
  context.diagnostic(`seed ${seed}: replay with CORDON_SEED=${seed} CORDON_RUNS=${cases}`);
  const seen = { decided: 0, undecided: 0, residuals: 0 };
  const property = fc.property(
    worlds(REQUESTS_PER_WORLD),
    unknownParts,
    shrinkingInTime((world, unknown) => {
      if (world.fault) return;
      const answers = world.requests.map((request) => officialResidual(callOf(world, request), unknown));
      // Entities that happen to form a cycle are refused.
      if (answers.some((answer) => answer === null)) return;
      const ours = engineWorld(world);
      for (const [index, official] of answers.entries()) {
        const request = ours.requests[index];
        assert.ok(request && official);
        compare(ours, request, unknown, official, seen, world);
      }
    }),
  );
  fc.assert(property, { seed, numRuns: Math.ceil(cases / REQUESTS_PER_WORLD) });
  context.diagnostic(JSON.stringify(seen));
});

function officialResidual(
  call: ReturnType<typeof callOf>,
  unknown: readonly Part[],
): ResidualResponse | null {
  const parts = Object.fromEntries(unknown.map((part) => [part, null]));
  const { validateRequest: _, ...rest } = call;
  const asked = { ...rest, validateRequest: false, ...parts } as unknown as PartialAuthorizationCall;
  const answer = cedar().isAuthorizedPartial(asked);
  return answer.type === "residuals" ? answer.response : null;
}

function compare(
  { authorizer, entities }: EngineWorld,
  request: Request,
  unknown: readonly Part[],
  official: ResidualResponse,
  seen: { decided: number; undecided: number; residuals: number },
  world: World,
): void {
  const asked: PartialRequest = {
    ...request,
    ...Object.fromEntries(unknown.map((part) => [part, { unknown: true }])),
    context: { known: new Map(request.context), unknown: new Set() },
  };
  const residual = authorizer.partial(asked, entities);
  seen[residual.decision === "undecided" ? "undecided" : "decided"] += 1;
  seen.residuals += residual.residuals.length;
  const text = () => `${JSON.stringify(world.policies.staticPolicies)} ${unknown} ${request.resource}`;
  // We may know more, never something else.
  if (official.decision !== null) assert.equal(residual.decision, official.decision, text());
  const left = new Set(residual.residuals.map(({ policyId }) => policyId));
  for (const policyId of official.satisfied) assert.ok(!left.has(policyId), `${policyId} ${text()}`);
  // Their residuals are policies, and evaluated as such they come to what ours do.
  const theirs = outcomes(
    compile({ staticPolicies: residualPolicies(official), templates: {}, templateLinks: [] }),
    request,
    entities,
  );
  for (const { policyId, condition: expr } of residual.residuals) {
    if (!theirs.has(policyId)) continue;
    const holds = (whenErrs: boolean) =>
      conditionHolds({ kind: "holds", expr, whenErrs, policyId }, { request, entities });
    const satisfied = holds(false);
    const ours: Outcome = satisfied !== holds(true) ? "error" : satisfied ? "satisfied" : "not_satisfied";
    // What errs for certain is shown as false.
    const expected = official.errored.includes(policyId) ? "error" : theirs.get(policyId);
    assert.equal(ours, expected, `${policyId}: ${describeExpression(expr)} ${text()}`);
  }
  for (const [policyId, outcome] of known(residual, official)) {
    if (!theirs.has(policyId)) continue;
    assert.equal(
      outcome,
      official.errored.includes(policyId) ? "error" : theirs.get(policyId),
      `${policyId} ${text()}`,
    );
  }
}

/** Policies of which we leave nothing, as far as an answer tells what they came to. */
function known({ answer, residuals }: Residual, official: ResidualResponse): Map<string, Outcome> {
  const left = new Set(residuals.map(({ policyId }) => policyId));
  const all = Object.keys(official.residuals).filter((policyId) => !left.has(policyId));
  const told = new Map<string, Outcome>(answer.errors.map(({ policyId }) => [policyId, "error"]));
  for (const policyId of answer.reason) told.set(policyId, "satisfied");
  // All of the policies that are satisfied, unless a forbid takes the place of permits.
  if (answer.decision === "allow" || answer.reason.length === 0) {
    for (const policyId of all) if (!told.has(policyId)) told.set(policyId, "not_satisfied");
  }
  return told;
}

function outcomes(
  authorizer: Authorizer,
  request: Request,
  entities: EngineWorld["entities"],
): Map<string, Outcome> {
  const { policies } = authorizer.explain(request, entities);
  return new Map(policies.map(({ policyId, outcome }) => [policyId, outcome]));
}

/** With the variables in the place of what is unknown; without links in which it leaves slots unfilled, as it sometimes does. */
function residualPolicies(official: ResidualResponse): Record<string, PolicyJson> {
  const residuals = Object.fromEntries(
    Object.entries(official.residuals).filter(([, policy]) => !hasSlot(policy.conditions)),
  );
  const filled: unknown = JSON.parse(JSON.stringify(residuals, stringLongs), (_key, value) => {
    const name = value?.unknown?.[0]?.Value;
    return typeof name === "string" && Object.keys(value).length === 1 ? { Var: name } : readLong(value);
  });
  return filled as Record<string, PolicyJson>;
}

function hasSlot(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  return Object.hasOwn(node, "Slot") || Object.values(node).some(hasSlot);
}

const LONG = "\u0000long:";

function stringLongs(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${LONG}${value}` : value;
}

function readLong(value: unknown): unknown {
  return typeof value === "string" && value.startsWith(LONG) ? BigInt(value.slice(LONG.length)) : value;
}
