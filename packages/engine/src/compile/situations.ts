import type { Combination } from "../authorize.js";
import type { Entity } from "../entities/types.js";
import type { Frame } from "../frame.js";
import type { CompiledPolicy } from "../policy/compiled.js";
import { type Constraint, holds } from "../policy/scope.js";
import type { EntityUid } from "../value/entity-uid.js";
import { conditionsOf } from "./closures.js";
import { type Decide, generate } from "./generate.js";
import type { Situation } from "./source/expression-source.js";

/** What evaluated a decision. */
export type Path = "reference" | "closures" | "generated";

/** Requests may name any action and any type: what is kept stays bounded, and so does what is searched. */
const MOST_ACTIONS = 1024;
const MOST_SITUATIONS_OF_ACTION = 32;

/** How many policies are worth going through one by one; beyond, the index finds the few that apply. */
const MOST_POLICIES = 64;

/**
 * What was found out about all requests with one action, type of principal and type of resource: the policies that may
 * apply to them, in the order of the set, and code for exactly those.
 */
export class KnownSituation implements Situation {
  readonly action: EntityUid;
  readonly principalType: string;
  readonly resourceType: string;
  /** Null where they are too many. */
  readonly policies: readonly CompiledPolicy[] | null;
  readonly #groups: ReadonlySet<string>;
  /** The action's entity as last seen. An entity object never changes, so neither do its groups. */
  #actionEntity: Entity | undefined;
  #decisions = 0;
  #generated: Decide | undefined;

  constructor(frame: Frame, policies: readonly CompiledPolicy[]) {
    this.action = frame.action;
    this.principalType = frame.principal.type;
    this.resourceType = frame.resource.type;
    this.policies = applying(policies, frame);
    this.#actionEntity = frame.actionEntity;
    this.#groups = new Set(Array.from(frame.actionEntity?.ancestors() ?? [], (group) => group.key));
  }

  get path(): Path {
    return this.#generated === undefined ? "closures" : "generated";
  }

  matches({ action, actionEntity, principal, resource }: Frame): boolean {
    return (
      this.principalType === principal.type &&
      this.resourceType === resource.type &&
      this.action.type === action.type &&
      (this.#actionEntity === actionEntity || this.#isInSameGroups(actionEntity))
    );
  }

  /** @param warmth how many decisions it takes before code is generated */
  decide(frame: Frame, policies: readonly CompiledPolicy[], combination: Combination, warmth: number): void {
    if (this.#decisions++ === warmth) this.#generated = generate(policies, this);
    if (this.#generated !== undefined) {
      this.#generated(frame, policies, combination);
      return;
    }
    for (const policy of policies) {
      const { principal, resource } = policy.scope;
      if (holds(principal, frame.principal, frame) && holds(resource, frame.resource, frame)) {
        combination.add(policy, conditionsOf(policy.body)(frame));
      }
    }
  }

  #isInSameGroups(entity: Entity | undefined): boolean {
    let count = 0;
    for (const group of entity?.ancestors() ?? []) {
      if (!this.#groups.has(group.key)) return false;
      count++;
    }
    if (count !== this.#groups.size) return false;
    this.#actionEntity = entity;
    return true;
  }
}

/** Those whose scope holds for some request of the frame's action and types. */
function applying(policies: readonly CompiledPolicy[], frame: Frame): CompiledPolicy[] | null {
  const found: CompiledPolicy[] = [];
  for (const policy of policies) {
    const { principal, action, resource } = policy.scope;
    if (
      admitsType(principal, frame.principal.type) &&
      admitsType(resource, frame.resource.type) &&
      holds(action, frame.action, frame)
    ) {
      if (found.length === MOST_POLICIES) return null;
      found.push(policy);
    }
  }
  return found;
}

function admitsType(constraint: Constraint, type: string): boolean {
  switch (constraint.op) {
    case "any":
    case "in":
      return true;
    case "==":
      return constraint.uid.type === type;
    case "is":
      return constraint.type === type;
  }
}

/** The situations met so far. */
export class Situations {
  readonly #policies: readonly CompiledPolicy[];
  readonly #byAction = new Map<string, KnownSituation[]>();

  constructor(policies: readonly CompiledPolicy[]) {
    this.#policies = policies;
  }

  of(frame: Frame): KnownSituation {
    const known = this.#byAction.get(frame.action.id);
    if (known !== undefined) for (const situation of known) if (situation.matches(frame)) return situation;
    const situation = new KnownSituation(frame, this.#policies);
    if (known !== undefined && known.length < MOST_SITUATIONS_OF_ACTION) known.push(situation);
    else {
      if (this.#byAction.size >= MOST_ACTIONS) this.#byAction.clear();
      this.#byAction.set(frame.action.id, [situation]);
    }
    return situation;
  }
}
