import { type Authorizer, type Bundle, compile, type PolicyExplanation, type PolicyId } from "@cordon/engine";
import { type Change, NO_CHANGES } from "./change.js";
import { describeChange } from "./describe-change.js";
import type { Facts } from "./facts.js";
import { Problem } from "./problem.js";
import { byRank } from "./rank.js";
import { Requirements } from "./requirement.js";
import { type Found, type Goal, type Limits, Search, type SearchResult } from "./search.js";
import { type Blocked, blockedBy, policyJson, typesFit } from "./target-policy.js";

/** Facts that would have to be otherwise, all of them, for the decision to be the other one. */
export interface Suggestion {
  readonly changes: readonly Change[];
  /** One sentence for each change. */
  readonly texts: readonly string[];
  /** The policies that then determine the decision. */
  readonly policies: readonly PolicyId[];
  /** Policies that stood in the way and no longer would. */
  readonly lifts: readonly PolicyId[];
  /** Other values of the same facts that turn the decision as well; those tried, not all there are. */
  readonly alternatives: readonly (readonly Change[])[];
}

export interface Counterfactual {
  readonly decision: "allow" | "deny";
  /** The smallest sets of changes by each way, best first. Each was applied and turned the decision; no part of it does. */
  readonly suggestions: readonly Suggestion[];
  /** Policies that no change of facts can bring to apply. */
  readonly blocked: readonly { readonly policyId: PolicyId; readonly by: readonly Blocked[] }[];
  /** Policies for which no changes were found, and the condition that stopped it where it is known. */
  readonly unreachable: readonly { readonly policyId: PolicyId; readonly condition?: string }[];
  /** Whether everything was looked at; if not, a smaller or another set of changes may exist. */
  readonly complete: boolean;
  /** What was left out where not everything was looked at, in words. */
  readonly bounds: readonly string[];
}

export interface CounterfactualOptions {
  readonly authorizer?: Authorizer;
  readonly limits?: Partial<Limits> & {
    /** How many policies get a full search; further ones are looked through only for sets as small as the best. */
    readonly policies?: number;
  };
}

const DEFAULTS = { changes: 4, states: 600, policies: 5 };

interface Way {
  readonly policyId: PolicyId;
  readonly goal: Goal;
}

/**
 * The smallest changes of facts that turn a decision. Which facts a policy reads is taken from its conditions
 * and what they came to; that a set of changes turns the decision is found out by deciding again.
 */
export function turnDecision(
  bundle: Bundle,
  facts: Facts,
  options: CounterfactualOptions = {},
): Counterfactual {
  const problem = new Problem(bundle, options.authorizer ?? compile(bundle), facts);
  const limits = { ...DEFAULTS, ...options.limits };
  const { ways, blocked } = problem.decision === "deny" ? waysToAllow(problem) : waysToDeny(problem);
  const sets = new Map<string, Found[]>();
  const unreachable: { policyId: PolicyId; condition?: string }[] = [];
  const bounds = new Set<string>();
  let best: number | undefined;
  for (const [index, way] of ways.entries()) {
    const isShort = index >= limits.policies && best !== undefined;
    const changes = isShort ? Math.min(limits.changes, best ?? 0) : limits.changes;
    const result = new Search(problem, way.goal, { changes, states: limits.states }).run();
    for (const one of minimal(result.found, problem)) {
      best = Math.min(best ?? one.changes.size, one.changes.size);
      const facts = factsOf(one);
      sets.set(facts, [...(sets.get(facts) ?? []), one]);
    }
    if (result.found.length === 0 && !isShort) unreachable.push(unreached(way, result));
    const bound = boundText(way, result, { changes, states: limits.states }, isShort);
    if (bound !== undefined) bounds.add(bound);
  }
  return {
    decision: problem.decision,
    suggestions: [...sets.values()].map((same) => suggestionOf(same, problem)).sort(byRank(facts.request)),
    blocked,
    unreachable,
    complete: bounds.size === 0,
    bounds: [...bounds],
  };
}

/** Which facts a set changes, whatever to. */
function factsOf({ changes }: Found): string {
  return [...changes.keys()].sort().join("\n");
}

/** Of sets that change the same facts, the one that took the fewest steps stands for all. */
function suggestionOf(same: readonly Found[], problem: Problem): Suggestion {
  const [first, ...others] = [...same].sort((a, b) => a.steps.length - b.steps.length);
  const chosen = first ?? { changes: NO_CHANGES, steps: [] };
  const seen = new Set([JSON.stringify(textsOf(chosen))]);
  const alternatives = others.filter((other) => {
    const key = JSON.stringify(textsOf(other));
    return !seen.has(key) && seen.add(key);
  });
  return {
    ...describe(chosen, problem),
    alternatives: alternatives.map(({ changes }) => [...changes.values()]),
  };
}

function textsOf({ changes }: Found): string[] {
  return [...changes.values()].map((change) => describeChange(change));
}

function boundText(
  { policyId }: Way,
  { bound, found, stuck }: SearchResult,
  limits: Limits,
  isShort: boolean,
): string | undefined {
  if (bound === "states") return `\`${policyId}\`: stopped after ${limits.states} sets of changes`;
  if (bound === undefined || found.length > 0 || isShort || stuck !== undefined) return undefined;
  switch (bound) {
    case "changes":
      return `\`${policyId}\`: sets of more than ${limits.changes} changes were not looked at`;
    case "steps":
      return `\`${policyId}\`: conditions that kept undoing one another were given up`;
    case "candidates":
      return `\`${policyId}\`: of entities and elements that might do, only the first few were tried`;
  }
}

function unreached({ policyId }: Way, { stuck }: SearchResult) {
  return stuck === undefined ? { policyId } : { policyId, condition: stuck.condition };
}

/** One way for each permit that facts can bring to apply; on each, no forbid may. */
function waysToAllow(problem: Problem) {
  const avoid = reachable(problem, "forbid").map(({ policyId }) => policyId);
  const ways = reachable(problem, "permit").map(
    ({ policyId }): Way => ({ policyId, goal: { apply: [policyId], avoid } }),
  );
  return { ways, blocked: blockedPolicies(problem, "permit") };
}

/** One way for each forbid, and one on which every permit that applies does so no more. */
function waysToDeny(problem: Problem) {
  const permits = reachable(problem, "permit").map(({ policyId }) => policyId);
  const applying = problem.explanation.policies.filter(
    ({ effect, outcome }) => effect === "permit" && outcome === "satisfied",
  );
  const withdrawal: Way = {
    policyId: applying.map(({ policyId }) => policyId).join(", "),
    goal: { apply: [], avoid: permits },
  };
  const ways = reachable(problem, "forbid").map(
    ({ policyId }): Way => ({ policyId, goal: { apply: [policyId], avoid: [] } }),
  );
  return { ways: [withdrawal, ...ways], blocked: blockedPolicies(problem, "forbid") };
}

function reachable(problem: Problem, effect: "permit" | "forbid"): PolicyExplanation[] {
  return ofEffect(problem, effect)
    .filter(({ blocked }) => blocked.length === 0)
    .map(({ policy }) => policy);
}

function blockedPolicies(problem: Problem, effect: "permit" | "forbid") {
  return ofEffect(problem, effect)
    .filter(({ blocked }) => blocked.length > 0)
    .map(({ policy, blocked }) => ({ policyId: policy.policyId, by: blocked }));
}

function ofEffect(problem: Problem, effect: "permit" | "forbid") {
  return problem.explanation.policies
    .filter((policy) => policy.effect === effect)
    .map((policy) => {
      const target = problem.targets.get(policy.policyId);
      const fits = typesFit(policyJson(problem.bundle, policy.policyId), problem.facts.request);
      return { policy, blocked: target === undefined ? [] : blockedBy(policy, target, fits) };
    });
}

/** Those of which no part alone turns the decision. */
function minimal(found: readonly Found[], problem: Problem): Found[] {
  return found.filter(({ changes }) => {
    const all = [...changes.values()];
    for (let chosen = 1; chosen < 2 ** all.length - 1; chosen++) {
      if (problem.isTurnedBy(all.filter((_, index) => chosen & (1 << index)))) return false;
    }
    return true;
  });
}

function describe({ changes, steps }: Found, problem: Problem): Omit<Suggestion, "alternatives"> {
  const all = [...changes.values()];
  const facts = problem.changed(all) ?? problem.facts;
  const answer = problem.answer(facts);
  const still = new Set([...answer.reason, ...answer.errors.map(({ policyId }) => policyId)]);
  const opposing = problem.decision === "deny" ? "forbid" : "permit";
  const stood = problem.explanation.policies.filter(
    ({ effect, outcome }) => effect === opposing && outcome !== "not_satisfied",
  );
  const requirements = new Requirements(steps, facts, problem);
  return {
    changes: all,
    texts: all.map((change) => describeChange(change, requirements.of(change))),
    policies: answer.reason,
    lifts: stood.map(({ policyId }) => policyId).filter((id) => !still.has(id)),
  };
}
