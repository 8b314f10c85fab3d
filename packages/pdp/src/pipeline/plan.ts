import {
  type Entities,
  type EntityUid,
  type Plan,
  type PlanPolicy,
  RequestError,
  type Residual,
  type UnknownEntity,
} from "@cordon/engine";
import {
  type Contribution,
  PlanError,
  type PlanOptions,
  PREDICATE_VERSION,
  planResidual,
  type RowPlan,
  type RowPredicate,
} from "@cordon/planner";
import type { DecisionRecordInput } from "../log/index.js";
import { type Ignored, isPlainObject, malformed } from "./admission.js";
import { prepareContext } from "./context.js";
import { newDecisionId } from "./decision-id.js";
import { unused } from "./decision-record.js";
import { type DecodedRequest, decodeRequest } from "./decode.js";
import { descendantsOf } from "./descendants.js";
import type { Call } from "./evaluate.js";
import { keptPlan, memoryOf } from "./plan-cache.js";
import { planRecord } from "./plan-record.js";
import { checkRequest, type Refusal } from "./request-check.js";
import { resolveEntities } from "./resolve.js";
import type { Snapshot } from "./snapshot.js";

/** The plans of a project: their predicates are the planner's. */
export type ProjectPlan = Plan<RowPredicate>;

/** A plan, and how the log keeps that it was given out. */
export interface Planned {
  readonly plan: ProjectPlan;
  /** Null where nothing is logged. */
  readonly record: DecisionRecordInput | null;
}

/** What a plan is made of once the request is read and the schema knows what it speaks of. */
export interface PlanInput {
  readonly request: DecodedRequest;
  /** Whether what a filter can't express may be left open. */
  readonly approximate: boolean;
}

/** Plans requests that the schema knows. */
export type Planning<P> = (snapshot: Snapshot, input: PlanInput, call: Call) => P;

/**
 * Plans one request: the same steps as a decision, up to evaluation, which here leaves the resource open. A
 * forbid that errs denies the row, as it does in a decision.
 *
 * @throws RequestError for a malformed request, or `not_plannable` for what no filter can express
 */
export function planBy(
  planning: Planning<ProjectPlan>,
  snapshot: Snapshot,
  input: unknown,
  call: Call,
): Planned;
export function planBy(
  planning: Planning<Promise<ProjectPlan>>,
  snapshot: Snapshot,
  input: unknown,
  call: Call,
): Planned | Promise<Planned>;
export function planBy(
  planning: Planning<ProjectPlan | Promise<ProjectPlan>>,
  snapshot: Snapshot,
  input: unknown,
  call: Call,
): Planned | Promise<Planned> {
  const started = performance.now();
  const read = decodePlanRequest(input, snapshot);
  const { request } = read;
  const refusal = checkRequest(request, snapshot.model);
  const plan =
    refusal === null
      ? planning(snapshot, read, call)
      : refusePlan(snapshot, request, refusal, unused(request));
  const planned = (made: ProjectPlan): Planned => ({
    plan: made,
    record: call.recording ? planRecord(call, request, made, started) : null,
  });
  return plan instanceof Promise ? plan.then(planned) : planned(plan);
}

/** Plans from what is at hand. */
export function planKnown(snapshot: Snapshot, input: PlanInput, call: Call): ProjectPlan {
  const { request } = input;
  const ignored: Ignored = [];
  const { context } = prepareContext(request, call.now, ignored);
  const { entities } = resolveEntities(request, snapshot.model, snapshot.store, ignored);
  const residual = snapshot.authorizer.partial(
    {
      principal: request.principal.uid,
      action: request.action.uid,
      resource: anyOf(request),
      context: { known: new Map(context), unknown: NOTHING },
    },
    entities,
    { failClosed: true },
  );
  return planFrom(snapshot, input, residual, entities, ignored);
}

const NOTHING: ReadonlySet<string> = new Set();

/** The resource of a plan. */
export function anyOf({ resource }: DecodedRequest): UnknownEntity {
  return { unknown: true, type: resource.uid.type };
}

/** No resource at all, for a reason that is no matter of policies. */
export function refusePlan(
  { bundle }: Snapshot,
  { resource }: DecodedRequest,
  { code, message }: Refusal,
  ignored: Ignored,
): ProjectPlan {
  const resourceType = resource.uid.type;
  const common = { id: newDecisionId(), bundleId: bundle.id, resourceType };
  return { ...common, outcome: "never", policies: [], exact: true, reason: { code, message }, ignored };
}

/**
 * @param entities what the residual was made with
 * @throws RequestError `not_plannable`
 */
export function planFrom(
  snapshot: Snapshot,
  { request, approximate }: PlanInput,
  residual: Residual,
  entities: Entities,
  ignored: Ignored,
): ProjectPlan {
  const resourceType = request.resource.uid.type;
  const { schema, id: bundleId } = snapshot.bundle;
  const below = (uid: EntityUid): Iterable<EntityUid> => descendantsOf(snapshot, uid);
  const kind = `${resourceType} ${approximate}`;
  const memory = memoryOf(snapshot, kind);
  const options = { resourceType, schema, entities, approximate, descendantsOf: below, memory };
  const make = (): RowPlan => planRows(residual, options);
  // What sources say of the hierarchy changes, and with it plans of one and the same residual.
  const rows = snapshot.live === null ? keptPlan(snapshot, residual, kind, make) : make();
  const policies = rows.contributions.map((contribution) => policyOf(contribution, resourceType, snapshot));
  const plan = { id: newDecisionId(), bundleId, resourceType, policies, exact: rows.exact, ignored };
  return rows.outcome === "when"
    ? { ...plan, outcome: "when", predicate: rows.predicate }
    : { ...plan, outcome: rows.outcome };
}

/** @throws RequestError for what no filter can express */
function planRows(residual: Residual, options: PlanOptions): RowPlan {
  try {
    return planResidual(residual, options);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    // Its message names policy and clause.
    throw malformed("not_plannable", error.message, "", error.help);
  }
}

function policyOf(
  { policyId, effect, condition }: Contribution,
  resourceType: string,
  { voices }: Snapshot,
): PlanPolicy<RowPredicate> {
  const reason = voices.get(policyId)?.reason;
  const policy = { id: policyId, effect, ...(reason === undefined ? {} : { reason }) };
  if (condition.kind === "always") return { ...policy, outcome: "always" };
  return { ...policy, outcome: "when", predicate: { version: PREDICATE_VERSION, resourceType, condition } };
}

/** Stands for the id of the resource, which is any. */
const ANY_ID = "";
const TYPE_HELP = "name an entity type, such as `Ticket`";

export function decodePlanRequest(input: unknown, { model }: Snapshot): PlanInput {
  if (!isPlainObject(input)) {
    const help = "give `principal`, `action` and `resourceType`";
    throw malformed("request_invalid", "the request is not an object", "", help);
  }
  const { resourceType, approximate, ...rest } = input as Record<string, unknown>;
  if (typeof resourceType !== "string") {
    const [code, problem] =
      resourceType === undefined ? ["member_missing", "is missing"] : ["member_type", "has a wrong type"];
    throw malformed(
      code,
      `\`resourceType\` ${problem}`,
      "/resourceType",
      "name an entity type, such as `Ticket`",
    );
  }
  if (approximate !== undefined && typeof approximate !== "boolean") {
    throw malformed(
      "member_type",
      "`approximate` has a wrong type",
      "/approximate",
      "write `true` or `false`",
    );
  }
  try {
    const request = decodeRequest({ ...rest, resource: { type: resourceType, id: ANY_ID } }, model);
    return { request, approximate: approximate === true };
  } catch (error) {
    throw error instanceof RequestError && error.path.startsWith("/resource/")
      ? ofResourceType(error)
      : error;
  }
}

/** The same error where the caller wrote the type. */
function ofResourceType({ code, message }: RequestError): RequestError {
  return malformed(code, message, "/resourceType", TYPE_HELP);
}
