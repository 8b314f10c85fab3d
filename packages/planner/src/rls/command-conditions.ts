import type {
  Authorizer,
  Entities,
  EntityUid,
  PartialEntities,
  PartialEntity,
  ResolvedSchema,
  SchemaType,
} from "@cordon/engine";
import { UNKNOWN } from "@cordon/engine";
import { isTable, type TableMapping } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import type { Predicate } from "../predicate/index.js";
import { planResidual } from "../translate/index.js";
import { policyCondition } from "./conditions.js";
import type { RlsWorld } from "./session-sql.js";
import { literal } from "./sql-text.js";

/** What policies are made from. */
export interface RlsPolicies {
  readonly authorizer: Pick<Authorizer, "partial">;
  /** Null for a project without one. */
  readonly schema: ResolvedSchema | null;
  /** Of the project's files. */
  readonly entities: Entities;
  readonly descendantsOf?: ((uid: EntityUid) => Iterable<EntityUid>) | undefined;
  /** What can't be expressed shows no rows, instead of being refused. */
  readonly narrow?: boolean | undefined;
  /** Told of each part that shows no rows because it can't be expressed. */
  readonly onNarrowed?: ((policyId: string, clause: string) => void) | undefined;
}

/** An action on the rows of a table, by principals of some types. */
export interface CommandRequest {
  readonly action: EntityUid;
  readonly resourceType: string;
  readonly principalTypes: readonly string[];
}

/**
 * Which rows the session's principal may do this to: one condition for each type of principal.
 *
 * @throws PlanError naming policy and clause, for what can't be expressed
 */
export function commandCondition(request: CommandRequest, policies: RlsPolicies, world: RlsWorld): string {
  const mapping = tableOf(request.resourceType, world);
  const parts = request.principalTypes.flatMap((principalType) => {
    const predicate = predicateFor(principalType, request, mapping, policies, world);
    if (predicate.kind === "never") return [];
    const isType = `(SELECT ${world.lookups.named("principal_type")}()) = ${literal(principalType)}`;
    if (predicate.kind === "always") return [isType];
    return [`(${isType} AND ${policyCondition(predicate, mapping, world)})`];
  });
  return parts.length === 0 ? "FALSE" : parts.join("\n    OR ");
}

/** @throws PlanError `not_mapped` */
export function tableOf(type: string, { mappings }: RlsWorld): TableMapping {
  const mapping = mappings.get(type);
  if (mapping !== undefined && isTable(mapping)) return mapping;
  throw new PlanError(
    "not_mapped",
    `the mapping doesn't say in which table entities of type \`${type}\` are`,
    {
      help: "declare under `sources` in which table they are",
    },
  );
}

function predicateFor(
  principalType: string,
  { action, resourceType }: CommandRequest,
  mapping: TableMapping,
  policies: RlsPolicies,
  world: RlsWorld,
): Predicate {
  const { authorizer, schema, entities, descendantsOf, narrow } = policies;
  const residual = authorizer.partial(
    {
      principal: { unknown: true, type: principalType },
      action,
      resource: { unknown: true, type: resourceType },
      context: { known: new Map(), unknown: "all" },
    },
    partlyKnown(entities, world),
    // As decisions are guarded: a forbid that errs forbids.
    { failClosed: true },
  );
  const plan = planResidual(residual, {
    resourceType,
    schema,
    entities: wholeOnly(entities, world),
    mappings: world.mappings.values(),
    check: (predicate) => void policyCondition(predicate, mapping, world),
    descendantsOf,
    approximate: narrow,
    session: { principal: { type: "Entity", name: principalType }, context: contextOf(action, schema) },
  });
  if (plan.outcome !== "when") return { kind: plan.outcome };
  reportNarrowed(plan.predicate.condition, policies);
  return plan.predicate.condition;
}

function contextOf(action: EntityUid, schema: ResolvedSchema | null): SchemaType | undefined {
  const actions = schema?.actions ?? {};
  const key = action.toString();
  return Object.hasOwn(actions, key) ? actions[key]?.context : undefined;
}

function reportNarrowed(predicate: Predicate, policies: RlsPolicies): void {
  if (predicate.kind === "unexpressed") policies.onNarrowed?.(predicate.policyId, predicate.clause);
  if (predicate.kind !== "and" && predicate.kind !== "or") return;
  for (const operand of predicate.operands) reportNarrowed(operand, policies);
}

/** Of entities that aren't wholly in the files nothing is known before somebody asks. */
function partlyKnown(entities: Entities, world: RlsWorld): PartialEntities {
  return { get: (uid) => (world.isStatic(uid.type) ? entities.get(uid) : unknownEntity(uid)) };
}

function unknownEntity(uid: EntityUid): PartialEntity {
  return {
    partial: true,
    uid,
    attribute: () => UNKNOWN,
    tag: () => UNKNOWN,
    isIn: () => UNKNOWN,
    ancestors: () => UNKNOWN,
  };
}

/** What a source says of an entity must not be taken from the files. */
function wholeOnly(entities: Entities, world: RlsWorld): Entities {
  return {
    get: (uid) => {
      if (world.isStatic(uid.type)) return entities.get(uid);
      throw new PlanError("not_known", `the project's files don't say what \`${uid}\` is in`, {
        help: "compare it with an entity of the row or of the principal",
      });
    },
  };
}
