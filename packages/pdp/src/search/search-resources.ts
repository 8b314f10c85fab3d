import { isPlainObject, malformed } from "../pipeline/admission.js";
import { answerPlan } from "../pipeline/answer-plan.js";
import { decodeRequest } from "../pipeline/decode.js";
import type { Call } from "../pipeline/evaluate.js";
import type { Snapshot } from "../pipeline/snapshot.js";
import type { Asked } from "./asked.js";
import { isUnplannable, type Outlook } from "./row-filter.js";

/** Stands for the id of the resource, which is any. */
const ANY_ID = "";

/** @throws RequestError, PlanUnavailable */
export async function askResources(snapshot: Snapshot, input: unknown, call: Call): Promise<Asked> {
  if (!isPlainObject(input)) {
    const help = "give `principal`, `action` and `resourceType`";
    throw malformed("request_invalid", "the request is not an object", "", help);
  }
  const { page: _, resourceType, ...rest } = input as Record<string, unknown>;
  const called = String(resourceType);
  const outlook = await outlookFor(snapshot, { ...rest, resourceType }, call);
  const requestFor = (id: string): object => ({ ...rest, resource: { type: called, id } });
  const request = decodeRequest(requestFor(ANY_ID), snapshot.model);
  return { called, type: request.resource.uid.type, request, outlook, requestFor };
}

async function outlookFor(snapshot: Snapshot, request: object, call: Call): Promise<Outlook> {
  try {
    // There is one record of the search, and none of its plan.
    const unrecorded = { ...call, recording: false };
    const { plan } = await answerPlan(snapshot, { ...request, approximate: true }, unrecorded);
    const { outcome, exact, ignored, reason } = plan;
    const isStatic = (type: string): boolean => snapshot.live?.relevance.sources.routes.has(type) !== true;
    const filter = plan.outcome === "when" ? { filter: { predicate: plan.predicate, isStatic } } : {};
    return { plan: { outcome, exact, ...filter }, ignored, ...(reason === undefined ? {} : { reason }) };
  } catch (error) {
    if (!isUnplannable(error)) throw error;
    return { plan: null, ignored: [] };
  }
}
