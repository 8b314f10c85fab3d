import type { Combination } from "../authorize.js";
import type { Entity } from "../entities/types.js";
import type { Frame } from "../frame.js";
import type { CompiledPolicy } from "../policy/compiled.js";
import { holds } from "../policy/scope.js";
import type { EntityUid } from "../value/entity-uid.js";
import { policiesFor } from "./applicable.js";
import { conditionsOf } from "./closures.js";
import type { Situation } from "./source/expression-source.js";

/** What evaluated a decision. */
export type Path = "reference" | "closures" | "generated";

/** Evaluates policies that all apply to the situation it was generated for. */
export type Decide = (frame: Frame, policies: readonly CompiledPolicy[], combination: Combination) => void;

/** Makes or finds code; undefined where that can't be done, or isn't worth it. */
export type Generate = (policies: readonly CompiledPolicy[], situation: Situation) => Decide | undefined;

/** Where code comes from, and after how many decisions in one situation. */
export interface Code {
  readonly generate: Generate | undefined;
  readonly warmth: number;
}

/** Requests may name any action and any type: what is kept stays bounded, and so does what is searched. */
const MOST_ACTIONS = 1024;
const MOST_SITUATIONS_OF_ACTION = 32;

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
  readonly #code: Code;
  /** The action's entity as last seen. An entity object never changes, so neither do its groups. */
  #actionEntity: Entity | undefined;
  #decisions = 0;
  #decide: Decide | undefined;

  constructor(frame: Frame, policies: readonly CompiledPolicy[], code: Code) {
    this.action = frame.action;
    this.principalType = frame.principal.type;
    this.resourceType = frame.resource.type;
    this.policies = policiesFor(policies, frame);
    this.#groups = new Set(Array.from(frame.actionEntity?.ancestors() ?? [], (group) => group.key));
    this.#code = code;
    this.#actionEntity = frame.actionEntity;
  }

  get path(): Path {
    return this.#decide === undefined ? "closures" : "generated";
  }

  matches({ action, actionEntity, principal, resource }: Frame): boolean {
    return (
      this.principalType === principal.type &&
      this.resourceType === resource.type &&
      this.action.type === action.type &&
      (this.#actionEntity === actionEntity || this.#isInSameGroups(actionEntity))
    );
  }

  decide(frame: Frame, policies: readonly CompiledPolicy[], combination: Combination): void {
    if (this.#decide === undefined && this.#decisions++ === this.#code.warmth) {
      this.#decide = this.#code.generate?.(policies, this);
    }
    if (this.#decide !== undefined) {
      this.#decide(frame, policies, combination);
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

/** The situations met so far. */
export class Situations {
  readonly #policies: () => readonly CompiledPolicy[];
  readonly #code: Code;
  readonly #byAction = new Map<string, KnownSituation[]>();

  /** @param policies in the order of the set */
  constructor(policies: () => readonly CompiledPolicy[], code: Code) {
    this.#policies = policies;
    this.#code = code;
  }

  of(frame: Frame): KnownSituation {
    const known = this.#byAction.get(frame.action.id);
    if (known !== undefined) for (const situation of known) if (situation.matches(frame)) return situation;
    const situation = new KnownSituation(frame, this.#policies(), this.#code);
    if (known !== undefined && known.length < MOST_SITUATIONS_OF_ACTION) known.push(situation);
    else {
      if (this.#byAction.size >= MOST_ACTIONS) this.#byAction.clear();
      this.#byAction.set(frame.action.id, [situation]);
    }
    return situation;
  }
}
