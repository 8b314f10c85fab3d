import assert from "node:assert/strict";
import { buildBundle } from "@cordon/cedar";
import {
  actionEntities,
  type Bundle,
  type DecisionRequest,
  decodeEntity,
  type EntityJson,
  EntityStore,
} from "@cordon/engine";
import { type Counterfactual, type CounterfactualOptions, turnDecision } from "../counterfactual.js";
import { explainRequest } from "../explained-decision.js";

export interface Situation {
  readonly policies: string;
  readonly schema?: string;
  readonly entities?: readonly EntityJson[];
  readonly request?: Partial<DecisionRequest>;
}

/** Ann reads a document, at noon. */
export const READS: DecisionRequest = { principal: 'User::"ann"', action: "read", resource: 'Doc::"plan"' };
export const NOON = new Date("2026-11-24T12:00:00Z");

export function explainSituation({ policies, schema, entities = [], request = {} }: Situation) {
  const bundle = bundleFrom(policies, schema);
  const store = EntityStore.from([
    ...entities.map((json) => decodeEntity(json, bundle.schema)),
    ...(bundle.schema === null ? [] : actionEntities(bundle.schema)),
  ]);
  return explainRequest(bundle, store, { ...READS, ...request }, NOON);
}

export function turn(situation: Situation, options?: CounterfactualOptions): Counterfactual {
  const { bundle, facts } = explainSituation(situation);
  assert.ok(facts !== undefined, "refused by the schema");
  return turnDecision(bundle, facts, options);
}

function bundleFrom(text: string, schema: string | undefined): Bundle {
  const built = buildBundle({
    policies: [{ path: "policies/p.cedar", text }],
    ...(schema === undefined ? {} : { schema: { path: "schema.cedarschema", text: schema } }),
    settings: {},
  });
  assert.ok(built.ok, built.ok ? "" : built.diagnostics.map(({ message }) => message).join("\n"));
  return built.bundle;
}

export function entity(
  uid: string,
  attrs: EntityJson["attrs"] = {},
  parents: readonly string[] = [],
): EntityJson {
  return { uid: uidOf(uid), attrs, parents: parents.map(uidOf) };
}

function uidOf(text: string): { type: string; id: string } {
  const [type = "", id = ""] = text.split("::");
  return { type, id };
}
