import { type PartialRequest, type Plan, type PlanPolicy, RequestError, type Residual } from "@cordon/engine";
import {
  type Contribution,
  PlanError,
  type PlanOptions,
  PREDICATE_VERSION,
  planResidual,
  type RowPlan,
  type RowPredicate,
} from "@cordon/planner";
import { type Ignored, isPlainObject, malformed } from "./admission.js";
import { prepareContext } from "./context.js";
import { newDecisionId } from "./decision-id.js";
import { unused } from "./decision-record.js";
import { type DecodedRequest, decodeRequest } from "./decode.js";
import { checkRequest } from "./request-check.js";
import { resolveEntities } from "./resolve.js";
import type { Snapshot } from "./snapshot.js";

/** The plans of a project: their predicates are the planner's. */
export type ProjectPlan = Plan<RowPredicate>;

/**
 * Plans one request: the same steps as a decision, up to evaluation, which here leaves the resource open. A
 * forbid that errs denies the row, as it does in a decision.
 *
 * @throws RequestError for a malformed request, or `not_plannable` for what no filter can express
 */
export function plan(snapshot: Snapshot, input: unknown, now: Date): ProjectPlan {
  const decoded = decodePlanRequest(input, snapshot);
  const refusal = checkRequest(decoded.request, snapshot.model);
  const resourceType = decoded.request.resource.uid.type;
  const common = { id: newDecisionId(), bundleId: snapshot.bundle.id, resourceType };
  if (refusal !== null) {
    return {
      ...common,
      outcome: "never",
      policies: [],
      exact: true,
      reason: refusal,
      ignored: unused(decoded.request),
    };
  }
  const ignored: Ignored = [];
  const { context } = prepareContext(decoded.request, now, ignored);
  const { entities } = resolveEntities(decoded.request, snapshot.model, snapshot.store, ignored);
  const request: PartialRequest = {
    principal: decoded.request.principal.uid,
    action: decoded.request.action.uid,
    resource: { unknown: true, type: resourceType },
    context: { known: new Map(context), unknown: new Set() },
  };
  const residual = snapshot.authorizer.partial(request, entities, { failClosed: true });
  const rows = planRows(residual, {
    resourceType,
    schema: snapshot.bundle.schema,
    entities,
    approximate: decoded.approximate,
  });
  const policies = rows.contributions.map((contribution) => policyOf(contribution, resourceType, snapshot));
  const rest = { ...common, policies, exact: rows.exact, ignored };
  return rows.outcome === "when"
    ? { ...rest, outcome: "when", predicate: rows.predicate }
    : { ...rest, outcome: rows.outcome };
}

/** @throws RequestError for what no filter can express */
function planRows(residual: Residual, options: PlanOptions): RowPlan {
  try {
    return planResidual(residual, options);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    const { policyId, clause, message, help } = error;
    const where =
      policyId === undefined
        ? ""
        : `policy \`${policyId}\`${clause === undefined ? "" : `, in \`${clause}\``}: `;
    throw malformed("not_plannable", `${where}${message}`, "", help);
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

interface DecodedPlanRequest {
  readonly request: DecodedRequest;
  readonly approximate: boolean;
}

/** Stands for the id of the resource, which is any. */
const ANY_ID = "";
const TYPE_HELP = "name an entity type, such as `Ticket`";

function decodePlanRequest(input: unknown, { model }: Snapshot): DecodedPlanRequest {
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
