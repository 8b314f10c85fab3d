import { type Decision, PlanUnavailable } from "@cordon/engine";
import type { SourceError } from "../../sources/index.js";
import type { Ignored } from "../admission.js";
import { prepareContext } from "../context.js";
import type { Call } from "../evaluate.js";
import { anyOf, type PlanInput, type ProjectPlan, planFrom, refusePlan } from "../plan.js";
import { resolveEntities } from "../resolve.js";
import type { LiveSources, Snapshot } from "../snapshot.js";
import { ContextMembers } from "./context-members.js";
import { LiveView } from "./live-view.js";
import { RequestTime, settle } from "./settle.js";

/**
 * Plans with what sources say of everything but the resource, asking only for what bears on the plan.
 *
 * @throws PlanUnavailable where a source that it depends on gave no answer
 * @throws RequestError for a malformed request, or `not_plannable`
 */
export async function planLive(
  live: LiveSources,
  snapshot: Snapshot,
  input: PlanInput,
  call: Call,
): Promise<ProjectPlan> {
  const { relevance, limits } = live;
  const { request } = input;
  const ignored: Ignored = [];
  const owned = new Set(relevance.sources.members.keys());
  const { context } = prepareContext(request, call.now, ignored, owned);
  const resolved = resolveEntities(request, snapshot.model, snapshot.store, ignored);
  const view = new LiveView(relevance, snapshot.store, resolved, { at: live.now(), maxAgeMs: call.maxAgeMs });
  const time = new RequestTime(limits.deadlineMs);
  const names = { principal: request.principal.uid, action: request.action.uid };
  const asking = { ...names, credentials: request.credentials ?? {}, now: call.now, caller: call.caller };
  const members = new ContextMembers(
    relevance,
    request.action.model,
    { ...asking, ...(call.maxAgeMs === undefined ? {} : { maxAgeMs: call.maxAgeMs }) },
    (uid, vouched) => view.vouch(uid, vouched),
  );
  const leave = (): void => time.expire();
  call.signal?.addEventListener("abort", leave, { once: true });
  try {
    await identify(members, time);
    if (members.refusal !== undefined) return refusePlan(snapshot, request, members.refusal, ignored);
    const { authorizer } = snapshot;
    const resource = anyOf(request);
    const settled = await settle({ authorizer, ...names, resource, context, members, view, limits, time });
    if (call.signal?.aborted) throw call.signal.reason ?? new Error("the plan was aborted");
    if (members.refusal !== undefined) return refusePlan(snapshot, request, members.refusal, ignored);
    if (settled.unavailable.length > 0) throw unavailable(settled.unavailable);
    view.tookUnknown = false;
    const plan = planFrom(snapshot, input, settled.residual, view, ignored);
    if (view.tookUnknown) throw unavailable([]);
    return plan;
  } finally {
    time.end();
    call.signal?.removeEventListener("abort", leave);
  }
}

/** Whoever can say who asks is heard first. */
async function identify(members: ContextMembers, time: RequestTime): Promise<void> {
  const guarantors = members.guarantors();
  const asked = guarantors.map((guarantor) => members.ask(guarantor, time.signal));
  const waiting = asked.filter((one) => one !== undefined);
  if (waiting.length > 0) {
    // Those that are not done when the time is over end with its signal.
    await Promise.race([Promise.all(waiting), time.over()]);
    await Promise.all(waiting);
  }
  const failures = guarantors.flatMap((guarantor) => members.failures.get(guarantor) ?? []);
  if (failures.length > 0) throw unavailable(failures);
}

function unavailable(errors: readonly SourceError[]): PlanUnavailable {
  const told: NonNullable<Decision["unavailable"]> = errors.map(({ source, code, message }) => ({
    source,
    code,
    message,
  }));
  const why = told.map(({ source, message }) => `\`${source}\`: ${message}`).join("; ");
  const message = "what the plan depends on could not be found out";
  return new PlanUnavailable(
    why === "" ? message : `${message}: ${why}`,
    told,
    "see the health of the sources",
  );
}
