import type {
  Condition,
  Effect,
  Entities,
  EntityUid,
  PolicyId,
  Residual,
  ResolvedSchema,
} from "@cordon/engine";
import type { EntityMapping } from "../mapping/index.js";
import {
  ALWAYS,
  and,
  complement,
  NEVER,
  or,
  PREDICATE_VERSION,
  type Predicate,
  type RowPredicate,
} from "../predicate/index.js";
import { AttributeTypes } from "./attribute-types.js";
import type { PlanMemory } from "./plan-memory.js";
import { type SessionTypes, Translator } from "./translator.js";

export interface PlanOptions {
  /** The type of the rows, which the residual's resource is an unknown entity of. */
  readonly resourceType: string;
  /** Which of the residual's unknown entities the rows are: `principal` turns a filter around. Default `resource`. */
  readonly row?: "principal" | "resource" | undefined;
  /** Null for a project without one: the mappings then say of which type attributes are. */
  readonly schema: ResolvedSchema | null;
  /** The entities that the residual was made with. */
  readonly entities: Entities;
  readonly mappings?: Iterable<EntityMapping>;
  /**
   * Whether the database can be asked this: throws PlanError where it can't. Given, what can't be asked is found
   * out here, where policy and clause can be named. {@link checkFor} makes one.
   */
  readonly check?: ((predicate: Predicate) => void) | undefined;
  /** Of entities that are in no database: those below this one. */
  readonly descendantsOf?: ((uid: EntityUid) => Iterable<EntityUid>) | undefined;
  /** Of plans made before with the same options. */
  readonly memory?: PlanMemory | undefined;
  /** Leave open what the database can't be asked, to be decided row by row, instead of refusing the whole. */
  readonly approximate?: boolean | undefined;
  /** For conditions made before anybody asks. */
  readonly session?: SessionTypes | undefined;
}

/** Which rows are allowed. */
export type RowPlan = {
  /** What each policy contributes, in the order of the set; those that contribute nothing are left out. */
  readonly contributions: readonly Contribution[];
  /** False: each row that comes must be decided by the engine before it counts. Never false unless asked for. */
  readonly exact: boolean;
} & (
  | { readonly outcome: "always" }
  | { readonly outcome: "never" }
  | { readonly outcome: "when"; readonly predicate: RowPredicate }
);

export interface Contribution {
  readonly policyId: PolicyId;
  readonly effect: Effect;
  /** Of a permit: when it permits. Of a forbid: when it forbids, or errs where an error denies. */
  readonly condition: Predicate;
}

/**
 * Turns what is left of a request into a condition on its resource. Whether errors of a forbid deny was decided
 * by whoever made the residual.
 *
 * @throws PlanError naming policy and clause, for what can't be expressed
 */
export function planResidual(residual: Residual, options: PlanOptions): RowPlan {
  const types = new AttributeTypes(options.schema, options.mappings);
  const translators = new Map<PolicyId, Translator>();
  const translatorOf = (policyId: PolicyId): Translator => {
    const known = translators.get(policyId);
    if (known !== undefined) return known;
    const translator = new Translator({ ...options, types }, policyId);
    translators.set(policyId, translator);
    return translator;
  };
  const condition = translate(residual.condition, translatorOf);
  const contributions = contributionsOf(residual, translatorOf);
  if (condition.kind === "always") return { outcome: "always", contributions, exact: true };
  if (condition.kind === "never") return { outcome: "never", contributions, exact: true };
  const predicate: RowPredicate = {
    version: PREDICATE_VERSION,
    resourceType: options.resourceType,
    condition,
  };
  return { outcome: "when", predicate, contributions, exact: !isOpen(condition) };
}

/** Whether some part of it is left open. */
export function isOpen(predicate: Predicate): boolean {
  if (predicate.kind === "and" || predicate.kind === "or") return predicate.operands.some(isOpen);
  return predicate.kind === "unexpressed";
}

function translate(condition: Condition, translatorOf: (policyId: PolicyId) => Translator): Predicate {
  if (typeof condition === "boolean") return condition ? ALWAYS : NEVER;
  switch (condition.kind) {
    case "all":
      return and(...condition.conditions.map((inner) => translate(inner, translatorOf)));
    case "any":
      return or(...condition.conditions.map((inner) => translate(inner, translatorOf)));
    case "not":
      return translateNegated(condition.condition, translatorOf);
    case "holds": {
      const translator = translatorOf(condition.policyId);
      return condition.whenErrs
        ? translator.holdsOrErrs(condition.expr)
        : translator.truthOf(condition.expr).holds;
    }
  }
}

/** Down to what may err: "neither true nor an error" is "false", which needs no complement. */
function translateNegated(condition: Condition, translatorOf: (policyId: PolicyId) => Translator): Predicate {
  if (typeof condition === "boolean") return condition ? NEVER : ALWAYS;
  switch (condition.kind) {
    case "all":
      return or(...condition.conditions.map((inner) => translateNegated(inner, translatorOf)));
    case "any":
      return and(...condition.conditions.map((inner) => translateNegated(inner, translatorOf)));
    case "not":
      return translate(condition.condition, translatorOf);
    case "holds": {
      const truth = translatorOf(condition.policyId).truthOf(condition.expr);
      return condition.whenErrs ? truth.fails : complement(truth.holds);
    }
  }
}

/** The policies that were decided without the row have their say, too. */
function contributionsOf(
  { answer, condition }: Residual,
  translatorOf: (policyId: PolicyId) => Translator,
): Contribution[] {
  const settled = answer.reason.map(
    (policyId): Contribution => ({
      policyId,
      effect: answer.decision === "allow" ? "permit" : "forbid",
      condition: ALWAYS,
    }),
  );
  const open = [...conditionsByPolicy(condition)].map(
    ({ policyId, effect, inner }): Contribution => ({
      policyId,
      effect,
      condition: translate(inner, translatorOf),
    }),
  );
  return [...settled, ...open].filter((contribution) => contribution.condition.kind !== "never");
}

interface PolicyCondition {
  policyId: PolicyId;
  effect: Effect;
  inner: Condition;
}

/** Conditions that count for the request are permits, those that count against it forbids. */
function* conditionsByPolicy(condition: Condition, negated = false): Iterable<PolicyCondition> {
  if (typeof condition === "boolean") return;
  if (condition.kind === "holds") {
    yield { policyId: condition.policyId, effect: negated ? "forbid" : "permit", inner: condition };
  } else if (condition.kind === "not") yield* conditionsByPolicy(condition.condition, !negated);
  else for (const inner of condition.conditions) yield* conditionsByPolicy(inner, negated);
}
