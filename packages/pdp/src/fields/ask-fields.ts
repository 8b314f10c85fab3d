import {
  type DecideManyOptions,
  type DecideOptions,
  type Decision,
  type DecisionFailure,
  type DecisionRequest,
  type EntityUid,
  type FieldPlan,
  type Fields,
  type Mask,
  type PlanRequest,
  RequestError,
} from "@cordon/engine";
import type { RowPredicate } from "@cordon/planner";
import { decodeRequest } from "../pipeline/decode.js";
import { decodePlanRequest, type ProjectPlan } from "../pipeline/plan.js";
import type { Snapshot } from "../pipeline/snapshot.js";
import { type FieldGroups, fieldGroupsOf } from "./field-rules.js";

/** What answers the questions that attributes come down to, from the snapshot that is current when they are put. */
export interface Answering {
  readonly snapshot: Snapshot;
  decideMany(
    requests: readonly DecisionRequest[],
    options?: DecideManyOptions,
  ): Promise<(Decision | DecisionFailure)[]>;
  plan(request: PlanRequest, options?: DecideOptions): Promise<ProjectPlan>;
}

/**
 * Which attributes of a resource the principal may act on. Whatever isn't an allow hides.
 *
 * @throws RequestError for a request that is malformed itself, or `schema_missing`
 */
export async function askFields(
  desk: Answering,
  request: DecisionRequest,
  options?: DecideOptions,
): Promise<Fields> {
  const { action, resource } = decodeRequest(request, desk.snapshot.model);
  const fields = groupsOf(desk.snapshot, resource.uid.type, action.uid);
  const questions = [request, ...fields.groups.map((group) => ({ ...request, action: group.action }))];
  const [decision, ...answers] = await desk.decideMany(questions, options);
  if (decision === undefined || "error" in decision) throw asRequestError(decision);
  const needed = fields.groups.map((group, index) => ({ ...group, decision: answers[index] ?? UNANSWERED }));
  return {
    decision,
    ...divide(fields, decision.decision === "allow", needed),
    needed: needed.map(({ action: name, attributes, decision: one }) => ({
      action: name,
      attributes,
      decision: one,
    })),
  };
}

/** The same for all resources of a type. */
export async function planFields(
  desk: Answering,
  request: PlanRequest,
  options?: DecideOptions,
): Promise<FieldPlan<RowPredicate>> {
  const { action, resource } = decodePlanRequest(request, desk.snapshot).request;
  const { free, groups } = groupsOf(desk.snapshot, resource.uid.type, action.uid);
  const [rows, ...plans] = await Promise.all([
    desk.plan(request, options),
    ...groups.map((group) => desk.plan({ ...request, action: group.action }, options)),
  ]);
  return {
    rows,
    allowed: free,
    groups: groups.flatMap(({ action: name, attributes, mask }, index) => {
      const plan = plans[index];
      if (plan === undefined) return [];
      return [{ action: name, attributes, plan, ...(mask === undefined ? {} : { mask }) }];
    }),
  };
}

const UNANSWERED: DecisionFailure = { error: { code: "unanswered", message: "there was no answer" } };

type Needed = FieldGroups["groups"][number] & { readonly decision: Decision | DecisionFailure };

function divide({ attributes, free }: FieldGroups, mayAct: boolean, needed: readonly Needed[]) {
  const allowed = new Set<string>(mayAct ? free : []);
  const masks = new Map<string, Mask>();
  for (const { attributes: own, mask, decision } of mayAct ? needed : []) {
    for (const name of own) {
      if ("decision" in decision && decision.decision === "allow") allowed.add(name);
      else if (mask !== undefined) masks.set(name, mask);
    }
  }
  return {
    allowed: attributes.filter((name) => allowed.has(name)),
    masked: Object.fromEntries(masks),
    hidden: attributes.filter((name) => !allowed.has(name) && !masks.has(name)),
  };
}

function groupsOf({ bundle }: Snapshot, type: string, action: EntityUid): FieldGroups {
  const groups = fieldGroupsOf(bundle, type, action);
  if (groups !== undefined) return groups;
  throw new RequestError("schema_missing", "without a schema nobody knows which attributes there are", {
    help: "add a `schema.cedarschema` to the project",
  });
}

function asRequestError(failure: DecisionFailure | undefined): RequestError {
  const { code, message, ...where } = (failure ?? UNANSWERED).error;
  return new RequestError(code, message, where);
}
