import type { PolicyExplanation } from "@cordon/engine";
import { type Node, readNode } from "./node.js";
import type { Proposal, Scene } from "./proposal.js";
import { repairs } from "./repair.js";
import { repairMembership } from "./repair-membership.js";
import type { TargetPolicy } from "./target-policy.js";

/** A proposal, and in which clause of which policy the condition stands that it is for. */
export interface Step extends Proposal {
  readonly policyId: string;
  /** Undefined for the scope. */
  readonly clause: number | undefined;
}

export interface NextSteps {
  readonly steps: readonly Step[];
  /** The part for which there are no steps, as Cedar source. */
  readonly stuckAt: string | undefined;
}

/**
 * The changes of which one is needed before the policy can apply. Every part that fails needs some change, so
 * one part is enough to go on with: the one that leaves the fewest choices.
 */
export function stepsToApply(policy: PolicyExplanation, target: TargetPolicy, scene: Scene): NextSteps {
  let fewest: Step[] | undefined;
  const parts = [...scopeSteps(policy, target, scene, false), ...clauseSteps(policy, target, scene, true)];
  for (const { text, steps } of parts) {
    if (steps.length === 0) return { steps, stuckAt: text };
    if (fewest === undefined || steps.length < fewest.length) fewest = steps;
  }
  return { steps: fewest ?? [], stuckAt: fewest === undefined ? policy.policyId : undefined };
}

/** The changes any of which may be what keeps the policy from applying, or from erring. */
export function stepsToAvoid(policy: PolicyExplanation, target: TargetPolicy, scene: Scene): NextSteps {
  const parts = [...scopeSteps(policy, target, scene, true), ...clauseSteps(policy, target, scene, false)];
  const steps = parts.flatMap((part) => part.steps);
  const texts = policy.clauses.map(({ kind, text }) => `${kind} { ${text} }`);
  const whole = texts.length > 0 ? texts.join(" ") : policy.scope.map(({ text }) => text).join(", ");
  return { steps, stuckAt: steps.length === 0 ? whole : undefined };
}

interface Part {
  readonly text: string;
  readonly steps: Step[];
}

function* scopeSteps(
  { policyId, scope }: PolicyExplanation,
  { groups }: TargetPolicy,
  scene: Scene,
  holding: boolean,
): Generator<Part> {
  for (const { part, text, holds } of scope) {
    if (holds !== holding || part === "action") continue;
    const group = groups[part];
    if (group === undefined) {
      if (!holding) yield { text, steps: [] };
      continue;
    }
    const found = repairMembership(scene.facts.request[part], [group], !holding, scene);
    yield { text, steps: found.map((step) => ({ ...step, policyId, clause: undefined })) };
  }
}

/** Clauses that are as they should not be; those after one that errs were not reached. */
function* clauseSteps(
  policy: PolicyExplanation,
  target: TargetPolicy,
  scene: Scene,
  applies: boolean,
): Generator<Part> {
  for (const [clause, { kind, text, outcome }] of policy.clauses.entries()) {
    const want = (kind === "when") === applies;
    if (outcome === want || outcome === "not_evaluated") continue;
    const node = clauseNode(policy, target, clause);
    if (node === undefined) continue;
    const found = repairs(node, want, scene);
    yield {
      text: `${kind} { ${text} }`,
      steps: found.map((step) => ({ ...step, policyId: policy.policyId, clause })),
    };
  }
}

export function clauseNode(
  { clauses }: PolicyExplanation,
  { conditions }: TargetPolicy,
  clause: number,
): Node | undefined {
  const [explained, condition] = [clauses[clause], conditions[clause]];
  return explained === undefined || condition === undefined
    ? undefined
    : readNode(condition.body, explained.trace);
}
