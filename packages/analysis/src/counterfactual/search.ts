import type { Authorizer, PolicyExplanation, PolicyId, Value } from "@cordon/engine";
import { canonicalJson, type JsonValue } from "@cordon/engine/json";
import { type ChangeSet, isSameFact, NO_CHANGES, withChange } from "./change.js";
import type { Facts } from "./facts.js";
import { type Node, nodeAt } from "./node.js";
import { clauseNode, type NextSteps, type Step, stepsToApply, stepsToAvoid } from "./obligation.js";
import type { Problem } from "./problem.js";
import type { Scene } from "./proposal.js";
import { ValuePool } from "./value-pool.js";

/** What a search is after: some policies apply, and others neither apply nor err. */
export interface Goal {
  readonly apply: readonly PolicyId[];
  readonly avoid: readonly PolicyId[];
}

export interface Limits {
  /** The most changes of one suggestion. */
  readonly changes: number;
  /** The most sets of changes looked at for one goal. */
  readonly states: number;
}

export interface Found {
  readonly changes: ChangeSet;
  readonly steps: readonly Step[];
}

export interface SearchResult {
  /** Every set found of the smallest number of changes. */
  readonly found: readonly Found[];
  /** Whether a limit kept the search from looking at everything. */
  readonly bound: keyof Limits | "steps" | "candidates" | undefined;
  /** Where the facts as they are leave no way: a condition that no change that is understood can turn. */
  readonly stuck: { readonly policyId: PolicyId; readonly condition: string } | undefined;
}

/** A set of changes, and the ways by which the search came to it. */
interface State {
  readonly changes: ChangeSet;
  readonly arrivals: (readonly Step[])[];
  /** `missed` where no way so far brought about what its last step was for; another still may. */
  status: "waiting" | "missed" | "looked_at";
}

/** What the policies to avoid come to, worked out when it is first asked for. */
type Avoided = () => readonly PolicyExplanation[];

/** Replacements of one value by another in a row, beyond which two conditions chase one another for ever. */
const MAX_STEPS = 14;

/**
 * Looks for the smallest sets of changes with which the decision turns, fewest first. It starts from the facts
 * as they are; each time it asks the engine what the policies of the goal come to, and goes on with each change
 * that the first unmet condition could do with. A set counts once the whole policy set, asked with the changes
 * made, decides otherwise.
 */
export class Search {
  readonly #problem: Problem;
  readonly #goal: Goal;
  readonly #limits: Limits;
  readonly #apply: Authorizer;
  readonly #avoid: Authorizer;
  readonly #pool: ValuePool;
  readonly #queue: State[][] = [];
  readonly #states = new Map<string, State>();
  readonly #found: Found[] = [];
  #bound: SearchResult["bound"];
  #stuck: SearchResult["stuck"];

  constructor(problem: Problem, goal: Goal, limits: Limits) {
    this.#problem = problem;
    this.#goal = goal;
    this.#limits = limits;
    this.#apply = problem.only(goal.apply);
    this.#avoid = problem.only(goal.avoid);
    this.#pool = this.#collectPool();
  }

  run(): SearchResult {
    this.#push(NO_CHANGES, []);
    let looked = 0;
    for (let state = this.#next(); state !== undefined; state = this.#next()) {
      if (looked++ >= this.#limits.states) {
        this.#bound = "states";
        break;
      }
      this.#look(state);
    }
    const bound = this.#bound ?? (this.#pool.isCapped ? "candidates" : undefined);
    return { found: this.#found.map((one) => this.#settled(one)), bound, stuck: this.#stuck };
  }

  /** The next state with the fewest changes; none once all of the smallest size that turned it were looked at. */
  #next(): State | undefined {
    const [first] = this.#found;
    const size = this.#queue.findIndex((states) => states !== undefined && states.length > 0);
    if (size < 0 || (first !== undefined && size > first.changes.size)) return undefined;
    return this.#queue[size]?.shift();
  }

  #push(changes: ChangeSet, steps: readonly Step[]): void {
    const { size } = changes;
    if (size > this.#limits.changes || steps.length > MAX_STEPS) {
      this.#bound ??= size > this.#limits.changes ? "changes" : "steps";
      return;
    }
    const key = keyOf(changes);
    const known = this.#states.get(key);
    if (known !== undefined && known.status !== "missed") {
      if (known.status === "waiting") known.arrivals.push(steps);
      return;
    }
    const state: State = { changes, arrivals: [steps], status: "waiting" };
    this.#states.set(key, state);
    for (let i = this.#queue.length; i <= size; i++) this.#queue.push([]);
    this.#queue[size]?.push(state);
  }

  #look(state: State): void {
    const { changes } = state;
    state.status = "looked_at";
    const facts = this.#problem.changed(changes.values());
    if (facts === undefined) return;
    if (changes.size > 0 && this.#problem.decide(facts) !== this.#problem.decision) {
      this.#found.push({ changes, steps: state.arrivals[0] ?? [] });
      return;
    }
    const applied = this.#apply.explain(facts.request, facts.entities).policies;
    let avoided: readonly PolicyExplanation[] | undefined;
    const others: Avoided = () => {
      avoided ??= this.#avoid.explain(facts.request, facts.entities).policies;
      return avoided;
    };
    const arrival = state.arrivals.find((steps) => !this.#missed(steps.at(-1), applied, others));
    if (arrival === undefined) {
      state.status = "missed";
      return;
    }
    const { policyId, steps, stuckAt } = this.#nextSteps(applied, others, facts);
    if (stuckAt !== undefined && changes.size === 0) this.#stuck ??= { policyId, condition: stuckAt };
    for (const step of steps) this.#push(withChange(changes, step.change), [...arrival, step]);
  }

  /**
   * The set with each value as near as it need be once all others are as they are: the bound a step went by may
   * have moved since.
   */
  #settled(found: Found): Found {
    let settled = found;
    if (found.changes.size < 2) return found;
    for (const [key, change] of found.changes) {
      const changes = new Map(settled.changes);
      changes.delete(key);
      const facts = this.#problem.changed(changes.values());
      if (facts === undefined) continue;
      const step = this.#firstTurning(changes, key, facts);
      const next = step === undefined ? settled.changes : withChange(changes, step.change);
      if (step === undefined || keyOf(next) === keyOf(settled.changes)) continue;
      const kept = settled.steps.filter((other) => !isSameFact(other.change, change));
      settled = { changes: next, steps: [...kept, step] };
    }
    return settled;
  }

  #firstTurning(changes: ChangeSet, key: string, facts: Facts): Step | undefined {
    const applied = this.#apply.explain(facts.request, facts.entities).policies;
    const avoided = () => this.#avoid.explain(facts.request, facts.entities).policies;
    return this.#nextSteps(applied, avoided, facts).steps.find((step) => {
      const next = withChange(changes, step.change);
      return next.has(key) && next.size === changes.size + 1 && this.#problem.isTurnedBy(next.values());
    });
  }

  /** Whether the last change did not bring about the condition it was for. */
  #missed(step: Step | undefined, applied: readonly PolicyExplanation[], avoided: Avoided): boolean {
    if (step?.clause === undefined || step.atom === undefined) return false;
    const { policyId, clause, atom } = step;
    const policy = [...applied, ...avoided()].find((other) => other.policyId === policyId);
    const value = policy === undefined ? undefined : this.#nodeOf(policy, clause, atom.trail)?.value;
    return value === !atom.want;
  }

  #nextSteps(
    applied: readonly PolicyExplanation[],
    avoided: Avoided,
    facts: Facts,
  ): NextSteps & { policyId: PolicyId } {
    const scene = this.#scene(facts);
    for (const policy of applied) {
      const target = this.#problem.targets.get(policy.policyId);
      if (policy.outcome === "satisfied" || target === undefined) continue;
      return { policyId: policy.policyId, ...stepsToApply(policy, target, scene) };
    }
    for (const policy of avoided()) {
      const target = this.#problem.targets.get(policy.policyId);
      // A permit that errs permits nothing; a forbid that errs makes the guard deny.
      const isAvoided =
        policy.outcome === "not_satisfied" || (policy.outcome === "error" && policy.effect === "permit");
      if (isAvoided || target === undefined) continue;
      return { policyId: policy.policyId, ...stepsToAvoid(policy, target, scene) };
    }
    return { policyId: "", steps: [], stuckAt: undefined };
  }

  #scene(facts: Facts): Scene {
    return {
      facts,
      original: this.#problem.facts,
      schema: this.#problem.bundle.schema,
      pool: this.#pool,
    };
  }

  #nodeOf(policy: PolicyExplanation, clause: number, trail: readonly number[]): Node | undefined {
    const target = this.#problem.targets.get(policy.policyId);
    const root = target === undefined ? undefined : clauseNode(policy, target, clause);
    return root === undefined ? undefined : nodeAt(root, trail);
  }

  #collectPool(): ValuePool {
    const { facts, targets } = this.#problem;
    const ids = [...this.#goal.apply, ...this.#goal.avoid];
    const expressions = ids.flatMap((id) => targets.get(id)?.conditions.map(({ body }) => body) ?? []);
    const read: Value[] = [facts.request.principal, facts.request.resource];
    for (const authorizer of [this.#apply, this.#avoid]) {
      for (const policy of authorizer.explain(facts.request, facts.entities).policies) {
        for (const clause of policy.clauses.keys()) {
          const node = this.#nodeOf(policy, clause, []);
          if (node !== undefined) collectValues(node, read);
        }
      }
    }
    return new ValuePool(expressions, read, facts.entities);
  }
}

function collectValues(node: Node, into: Value[]): void {
  if (node.value !== undefined && typeof node.value !== "boolean" && node.text !== "context") {
    into.push(node.value);
  }
  for (const child of node.children) collectValues(child, into);
}

function keyOf(changes: ChangeSet): string {
  const parts = [...changes].map(([key, change]) =>
    "to" in change && change.to !== undefined
      ? `${key}=${canonicalJson(change.to as JsonValue)}`
      : `${key} ${change.kind}`,
  );
  return parts.sort().join("\n");
}
