import { RequestError } from "@cordon/engine";
import { type Ignored, isPlainObject, malformed } from "../pipeline/admission.js";
import { prepareContext } from "../pipeline/context.js";
import { unused } from "../pipeline/decision-record.js";
import { type DecodedRequest, decodeRequest } from "../pipeline/decode.js";
import type { Call } from "../pipeline/evaluate.js";
import { checkRequest } from "../pipeline/request-check.js";
import { resolveEntities } from "../pipeline/resolve.js";
import type { Snapshot } from "../pipeline/snapshot.js";
import type { Asked } from "./asked.js";
import { notSearchable } from "./places.js";
import { planPrincipals } from "./plan-principals.js";
import type { Outlook } from "./row-filter.js";

/** Stands for the id of the principal, which is any. */
const ANY_ID = "";

/** @throws RequestError, PlanUnavailable */
export async function askPrincipals(snapshot: Snapshot, input: unknown, call: Call): Promise<Asked> {
  if (!isPlainObject(input)) {
    const help = "give `principalType`, `action` and `resource`";
    throw malformed("request_invalid", "the request is not an object", "", help);
  }
  const { page: _, principalType, ...rest } = input as Record<string, unknown>;
  const requestFor = (id: string): object => ({ ...rest, principal: { type: principalType, id } });
  const request = decoded(requestFor(ANY_ID), snapshot);
  return {
    called: String(principalType),
    type: request.principal.uid.type,
    request,
    outlook: await outlookFor(snapshot, request, call),
    requestFor,
  };
}

/** The errors of the type stand where the caller wrote it. */
function decoded(input: unknown, { model }: Snapshot): DecodedRequest {
  try {
    return decodeRequest(input, model);
  } catch (error) {
    if (!(error instanceof RequestError) || error.path !== "/principal/type") throw error;
    const help = "name an entity type, such as `User`";
    throw malformed(error.code, error.message.replace("`type`", "`principalType`"), "/principalType", help);
  }
}

async function outlookFor(snapshot: Snapshot, request: DecodedRequest, call: Call): Promise<Outlook> {
  const refusal = checkRequest(request, snapshot.model);
  if (refusal !== null) {
    return { plan: { outcome: "never", exact: true }, reason: refusal, ignored: unused(request) };
  }
  const { live, model, store } = snapshot;
  const contexts = live?.relevance.sources.contexts ?? [];
  const { type } = request.principal.uid;
  const guarantor = contexts.find(({ vouchesFor }) => vouchesFor.has(type));
  if (guarantor !== undefined) {
    throw notSearchable(
      `only the source \`${guarantor.name}\` can say who a \`${type}\` is, from what each request proves`,
      "search for the resources of one principal instead",
    );
  }
  const ignored: Ignored = [];
  const owned = new Set(live?.relevance.sources.members.keys());
  const { context } = prepareContext(request, call.now, ignored, owned);
  const resolved = resolveEntities(request, model, store, ignored);
  // What a source says of the circumstances may depend on who asks.
  if (live === null || contexts.length > 0) return { plan: null, ignored };
  return { plan: await planPrincipals(live, snapshot, { request, context, resolved }, call), ignored };
}
