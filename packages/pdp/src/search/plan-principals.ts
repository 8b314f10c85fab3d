import type { CedarRecord, EntityUid, UnknownEntity } from "@cordon/engine";
import { PlanError, planResidual } from "@cordon/planner";
import type { DecodedRequest } from "../pipeline/decode.js";
import { descendantsOf } from "../pipeline/descendants.js";
import type { Call } from "../pipeline/evaluate.js";
import { ContextMembers } from "../pipeline/live/context-members.js";
import { LiveView } from "../pipeline/live/live-view.js";
import { RequestTime, settle } from "../pipeline/live/settle.js";
import type { ResolvedEntities } from "../pipeline/resolve.js";
import type { LiveSources, Snapshot } from "../pipeline/snapshot.js";
import { unanswered } from "./decide-each.js";
import { isUnplannable, type Outlook } from "./row-filter.js";

/** A search for principals whose request the schema knows. */
export interface PrincipalQuestion {
  readonly request: DecodedRequest;
  readonly context: CedarRecord;
  readonly resolved: ResolvedEntities;
}

/**
 * Which principals of a type, with what sources say of everything else: the same steps as the plan of resources,
 * with the principal open in the place of the resource. There are no sources of context in it.
 *
 * @throws PlanUnavailable where a source that it depends on gave no answer
 */
export async function planPrincipals(
  live: LiveSources,
  snapshot: Snapshot,
  { request, context, resolved }: PrincipalQuestion,
  call: Call,
): Promise<Outlook["plan"]> {
  const { relevance, limits } = live;
  const { authorizer, store, bundle } = snapshot;
  const demand = { at: live.now(), maxAgeMs: call.maxAgeMs };
  const view = new LiveView(relevance, store, resolved, demand);
  const { type } = request.principal.uid;
  const principal: UnknownEntity = { unknown: true, type };
  const [action, resource] = [request.action.uid, request.resource.uid];
  const asking = {
    principal: request.principal.uid,
    action,
    credentials: {},
    now: call.now,
    caller: call.caller,
  };
  const members = new ContextMembers(relevance, request.action.model, asking, () => {});
  const time = new RequestTime(limits.deadlineMs);
  const leave = (): void => time.expire();
  call.signal?.addEventListener("abort", leave, { once: true });
  try {
    const input = { authorizer, principal, action, resource, context, members, view, limits, time };
    const { residual, unavailable } = await settle(input);
    if (call.signal?.aborted) throw call.signal.reason ?? new Error("the search was aborted");
    if (unavailable.length > 0) {
      const told = unavailable.map(({ source, code, message }) => ({ source, code, message }));
      throw unanswered(told.map(({ source, message }) => `\`${source}\`: ${message}`).join("; "), told);
    }
    view.tookUnknown = false;
    const below = (uid: EntityUid): Iterable<EntityUid> => descendantsOf(snapshot, uid);
    const options = { resourceType: type, schema: bundle.schema, entities: view, descendantsOf: below };
    const plan = planResidual(residual, { ...options, row: "principal", approximate: true });
    if (view.tookUnknown) return null;
    const isStatic = (other: string): boolean => !relevance.sources.routes.has(other);
    const { outcome, exact } = plan;
    const filter = plan.outcome === "when" ? { filter: { predicate: plan.predicate, isStatic } } : {};
    return { outcome, exact, ...filter };
  } catch (error) {
    if (error instanceof PlanError || isUnplannable(error)) return null;
    throw error;
  } finally {
    time.end();
    call.signal?.removeEventListener("abort", leave);
  }
}
