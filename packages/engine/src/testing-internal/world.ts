import {
  type CedarValueJson,
  compile,
  decodeEntity,
  decodeRecord,
  type Effect,
  EntityStore,
  type EvaluationError,
  type ExprJson,
  type PolicyJson,
  type PolicySetJson,
  parseEntityUid,
  type Request,
} from "../index.js";

export function uidJson(text: string): { type: string; id: string } {
  const { type, id } = parseEntityUid(text);
  return { type, id };
}

/** A store of entities given as text uid → attributes, parents and tags. */
export function storeOf(
  entities: Record<
    string,
    { attrs?: Record<string, CedarValueJson>; parents?: string[]; tags?: Record<string, CedarValueJson> }
  >,
): EntityStore {
  return EntityStore.from(
    Object.entries(entities).map(([uid, { attrs = {}, parents = [], tags = {} }]) =>
      decodeEntity({ uid: uidJson(uid), attrs, parents: parents.map(uidJson), tags }, null),
    ),
  );
}

export function requestOf(
  principal: string,
  action: string,
  resource: string,
  context: Record<string, CedarValueJson> = {},
): Request {
  return {
    principal: parseEntityUid(principal),
    action: parseEntityUid(action),
    resource: parseEntityUid(resource),
    context: decodeRecord(context),
  };
}

/** A policy that applies to everything but for what is given. */
export function policyOf(effect: Effect, parts: Partial<PolicyJson> = {}): PolicyJson {
  return {
    effect,
    principal: { op: "All" },
    action: { op: "All" },
    resource: { op: "All" },
    conditions: [],
    ...parts,
  };
}

export function setOf(staticPolicies: Record<string, PolicyJson>): PolicySetJson {
  return { staticPolicies, templates: {}, templateLinks: [] };
}

export function when(body: ExprJson): PolicyJson["conditions"] {
  return [{ kind: "when", body }];
}

/** What one expression comes to: compared with `expected`, it is true, false, or the error's message. */
export function outcomeOf(
  body: ExprJson,
  request = requestOf('User::"ann"', 'Action::"read"', 'Doc::"plan"'),
  store = new EntityStore(),
): boolean | EvaluationError {
  const answer = compile(setOf({ p: policyOf("permit", { conditions: when(body) }) })).isAuthorized(
    request,
    store,
  );
  return answer.errors[0]?.error ?? answer.decision === "allow";
}

export const principal: ExprJson = { Var: "principal" };
export const resource: ExprJson = { Var: "resource" };
export const context: ExprJson = { Var: "context" };
export const lit = (value: CedarValueJson): ExprJson => ({ Value: value });
export const ref = (uid: string): ExprJson => ({ Value: { __entity: uidJson(uid) } });
export const dot = (left: ExprJson, attr: string): ExprJson => ({ ".": { left, attr } });
export const call = (fn: string, ...args: ExprJson[]): ExprJson => ({ [fn]: args });
export const ext = (fn: string, arg: string): ExprJson => call(fn, lit(arg));

/** A binary operator of Cedar's JSON by its name. */
export function op(operator: string, left: ExprJson, right: ExprJson): ExprJson {
  return { [operator]: { left, right } } as unknown as ExprJson;
}

export function not(arg: ExprJson): ExprJson {
  return { "!": { arg } };
}

export function ifElse(test: ExprJson, yes: ExprJson, no: ExprJson): ExprJson {
  // biome-ignore lint/suspicious/noThenProperty: the name is Cedar's, and an expression is never awaited
  return { "if-then-else": { if: test, then: yes, else: no } };
}
