import type { ExprJson, PolicyJson, ScopeConstraintJson } from "@cordon/engine";
import type { PolicySyntax } from "../../syntax/index.js";
import type { ErrorReason, Observer } from "./observer.js";
import { Reasoner } from "./reasoner.js";
import { State } from "./state.js";
import { type Environment, plainUid, type TypeWorld } from "./type-world.js";

/** What a condition came to in all the kinds of requests in which it was reached. */
export interface Outcome {
  readonly value: boolean | "depends";
  readonly errs: boolean;
  /** An earlier part of the policy that decided it. */
  readonly because?: ExprJson;
}

export interface ErrorSite {
  readonly expr: ExprJson;
  readonly reason: ErrorReason;
  readonly detail?: string;
}

/** A kind of request in which a policy can be satisfied, and what holds wherever it is. */
export interface Satisfiable {
  readonly environment: Environment;
  readonly state: State;
}

/** What reasoning through a policy found out. */
export interface PolicyReasoning {
  /** The actions that the scope names, as uid texts; null where there is no schema to list them. */
  readonly actions: ReadonlySet<string> | null;
  /** How many kinds of requests fit the scope. */
  readonly applicable: number;
  readonly satisfiable: readonly Satisfiable[];
  /** The clause that is never met, by its index, where the policy can't be satisfied because of one. */
  readonly deadClause: number | null;
  readonly outcomes: ReadonlyMap<ExprJson, Outcome>;
  readonly errors: readonly ErrorSite[];
  /** `Type.attribute` of each attribute of an entity type that is read. */
  readonly reads: ReadonlySet<string>;
  /** The accesses of attributes of which it is known what they read. */
  readonly understood: ReadonlySet<ExprJson>;
  readonly mentionsAction: boolean;
  /** False where there were too many kinds of requests to look at each. */
  readonly isComplete: boolean;
  /** The scope's constraints on principal and resource, as conditions. */
  readonly scope: readonly { part: "principal" | "resource"; condition: ExprJson }[];
}

/** More kinds of requests than this aren't looked at one by one, and then nothing is claimed of all. */
const MOST_ENVIRONMENTS = 400;

/** Reasons through a policy for every kind of request that its scope admits. */
export function reasonThrough(syntax: PolicySyntax, world: TypeWorld): PolicyReasoning {
  const { policy } = syntax;
  const scope = scopeConditions(policy);
  const mentionsAction = [...syntax.spans.keys()].some((expr) => "Var" in expr && expr.Var === "action");
  const environments = environmentsOf(policy, world, mentionsAction);
  const findings = new Findings();
  const satisfiable: Satisfiable[] = [];
  const dead = new Set<number>();
  let applicable = 0;
  for (const environment of environments.slice(0, MOST_ENVIRONMENTS)) {
    const reasoner = reasonerFor(world, environment);
    let state: State | null = State.start;
    for (const { condition } of scope) state &&= reasoner.assume(condition, true, state);
    if (state === null) continue;
    applicable += 1;
    for (const [index, { kind, body }] of policy.conditions.entries()) {
      reasoner.evaluate(body, state, findings);
      state = reasoner.assume(body, kind === "when", state);
      if (state === null) dead.add(index);
      if (state === null) break;
    }
    if (state !== null) satisfiable.push({ environment, state });
  }
  const isComplete = environments.length <= MOST_ENVIRONMENTS;
  const [onlyDead, ...others] = dead;
  return {
    actions: world.schema === null ? null : world.admitted(policy.action).actions,
    applicable,
    satisfiable,
    deadClause: satisfiable.length === 0 && others.length === 0 ? (onlyDead ?? null) : null,
    outcomes: findings.outcomes,
    errors: [...findings.errors.values()],
    reads: findings.attributes,
    understood: findings.understood,
    mentionsAction,
    isComplete,
    scope,
  };
}

const reasoners = new WeakMap<TypeWorld, Map<Environment, Reasoner>>();

export function reasonerFor(world: TypeWorld, environment: Environment): Reasoner {
  let known = reasoners.get(world);
  if (known === undefined) {
    known = new Map();
    reasoners.set(world, known);
  }
  let reasoner = known.get(environment);
  if (reasoner === undefined) {
    reasoner = new Reasoner(world, environment);
    known.set(environment, reasoner);
  }
  return reasoner;
}

/** The kinds of requests that the scope's action admits; those that differ only in the action are one, if no condition asks for it. */
function environmentsOf(
  policy: PolicyJson,
  world: TypeWorld,
  mentionsAction: boolean,
): readonly Environment[] {
  const { environments } = world.admitted(policy.action);
  if (mentionsAction || environments.length < 2) return environments;
  const found = new Map<string, Environment>();
  for (const environment of environments) {
    const { principal, resource, contextKey } = environment;
    const key = `${principal} ${resource} ${contextKey}`;
    if (!found.has(key)) found.set(key, environment);
  }
  return [...found.values()];
}

function scopeConditions(policy: PolicyJson): PolicyReasoning["scope"] {
  const parts = ["principal", "resource"] as const;
  return parts.flatMap((part) => conditionsOf(part, policy[part]).map((condition) => ({ part, condition })));
}

/** A constraint as conditions; what a template's slot stands for is open. */
function conditionsOf(part: "principal" | "resource", constraint: ScopeConstraintJson): ExprJson[] {
  const left: ExprJson = { Var: part };
  if (constraint.op === "All") return [];
  if (constraint.op === "is") {
    const is: ExprJson = { is: { left, entity_type: constraint.entity_type } };
    if (constraint.in === undefined || "slot" in constraint.in) return [is];
    return [is, { in: { left, right: { Value: { __entity: plainUid(constraint.in.entity) } } } }];
  }
  if ("slot" in constraint) return [];
  const right: ExprJson = { Value: { __entity: plainUid(constraint.entity) } };
  return [constraint.op === "==" ? { "==": { left, right } } : { in: { left, right } }];
}

/** Gathers what an observer is told over all kinds of requests. */
class Findings implements Observer {
  readonly outcomes = new Map<ExprJson, Outcome>();
  readonly errors = new Map<ExprJson, ErrorSite>();
  readonly attributes = new Set<string>();
  readonly understood = new Set<ExprJson>();
  #because: ExprJson | undefined;

  outcome(expr: ExprJson, value: boolean | undefined, errs: boolean): void {
    const before = this.outcomes.get(expr);
    const because = before?.because ?? this.#because;
    this.#because = undefined;
    this.outcomes.set(expr, {
      value: value === undefined || (before !== undefined && before.value !== value) ? "depends" : value,
      errs: errs || before?.errs === true,
      ...(because === undefined || because === expr ? {} : { because }),
    });
  }

  canErr(expr: ExprJson, reason: ErrorReason, detail?: string): void {
    if (!this.errors.has(expr))
      this.errors.set(expr, { expr, reason, ...(detail === undefined ? {} : { detail }) });
  }

  used(because: ExprJson): void {
    this.#because = because;
  }

  reads(entityType: string | null, attribute: string, expr: ExprJson): void {
    if (entityType !== null) this.attributes.add(`${entityType}.${attribute}`);
    this.understood.add(expr);
  }
}
