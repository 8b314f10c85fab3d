import {
  type Authorizer,
  type Bundle,
  type Decision,
  type DecisionRequest,
  type Entities,
  type EntityData,
  EntityStore,
  type Explanation,
  type Request,
} from "@cordon/engine";
import type { StoredRecord } from "@cordon/pdp";
import {
  buildSnapshot,
  evaluate,
  type ProjectEntities,
  replayRecord,
  type Snapshot,
} from "@cordon/pdp/pipeline";
import { FactEntities, type Facts } from "./facts.js";

/** A decision with its explanation and, unless the request was refused by the schema alone, what it rested on. */
export interface ExplainedDecision {
  readonly bundle: Bundle;
  readonly authorizer: Authorizer;
  readonly decision: "allow" | "deny";
  readonly reasonCode: string;
  /** Why the request was refused by the schema alone. */
  readonly refusal: string | undefined;
  readonly explanation: Explanation;
  readonly facts: Facts | undefined;
}

/**
 * Decides a request as the decision point does, by its own pipeline, without writing it down.
 *
 * @throws RequestError for a malformed request
 */
export function explainRequest(
  bundle: Bundle,
  store: ProjectEntities,
  request: DecisionRequest,
  now: Date,
): ExplainedDecision & { readonly answer: Decision } {
  const { snapshot, seen } = observed(buildSnapshot(bundle, store));
  const call = { now, caller: "cordon explain", traceId: null, recording: false, explaining: true };
  const { decision: answer, explanation } = evaluate(snapshot, request, call);
  return {
    bundle,
    authorizer: snapshot.authorizer,
    decision: answer.decision,
    reasonCode: answer.reason.code,
    refusal: seen.request === undefined ? answer.reason.message : undefined,
    explanation: explanation ?? { decision: "deny", policies: [] },
    facts: seen.request === undefined ? undefined : factsOver(seen.request, seen.entities, store),
    answer,
  };
}

/** Decides a recorded decision again; its facts are those that the record holds, and no others are known. */
export function explainRecord(
  bundle: Bundle,
  record: StoredRecord,
): ExplainedDecision & { readonly differences: readonly string[] } {
  const { snapshot, seen } = observed(buildSnapshot(bundle, EntityStore.from([])));
  const { decision, explanation, differences } = replayRecord(record, snapshot);
  const { request, entities } = seen;
  return {
    bundle,
    authorizer: snapshot.authorizer,
    decision,
    reasonCode: record.reasonCode,
    refusal: request === undefined ? REFUSALS[record.reasonCode] : undefined,
    explanation,
    facts:
      request === undefined
        ? undefined
        : { request, entities: new FactEntities(entities as EntityStore, { complete: false }) },
    differences,
  };
}

const REFUSALS: Readonly<Record<string, string>> = {
  unknown_principal_type: "the schema has no such type of principal",
  unknown_resource_type: "the schema has no such type of resource",
  unknown_action: "the schema has no such action",
  action_not_applicable: "the schema has the action, but not for this pair of types",
};

interface Seen {
  request: Request | undefined;
  entities: Entities | undefined;
}

/** A snapshot that shows which request and entities its pipeline hands to the engine. */
function observed(snapshot: Snapshot): { snapshot: Snapshot; seen: Seen } {
  const seen: Seen = { request: undefined, entities: undefined };
  const { authorizer } = snapshot;
  const observing: Authorizer = {
    bundleId: authorizer.bundleId,
    attributeNames: authorizer.attributeNames,
    path: authorizer.path,
    isAuthorized: (request, entities) => {
      seen.request = request;
      seen.entities = entities;
      return authorizer.isAuthorized(request, entities);
    },
    isAuthorizedMany: (requests, entities) => authorizer.isAuthorizedMany(requests, entities),
    with: (changes) => authorizer.with(changes),
    explain: (request, entities) => authorizer.explain(request, entities),
    partial: (request, entities, options) => authorizer.partial(request, entities, options),
    policy: (id) => authorizer.policy(id),
    policies: () => authorizer.policies(),
  };
  return { snapshot: { ...snapshot, authorizer: observing }, seen };
}

/** What the caller said of principal and resource lies over the project's entities. */
function factsOver(request: Request, entities: Entities | undefined, store: ProjectEntities): Facts {
  const changed = new Map<string, EntityData>();
  for (const uid of [request.principal, request.resource]) {
    const entity = entities?.get(uid);
    if (entity !== undefined && entity !== store.get(uid)) changed.set(uid.key, entity);
  }
  return { request, entities: new FactEntities(store, { changed }) };
}
