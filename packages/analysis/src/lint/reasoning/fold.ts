import {
  CedarRecord,
  type CedarValueJson,
  compile,
  EntityStore,
  EntityUid,
  type ExprJson,
  type Request,
} from "@cordon/engine";
import { keyOf } from "./forms.js";

/** What an expression without variables comes to, by the engine's own evaluator: a value, or the error's message. */
export type Folded = { value: CedarValueJson } | { error: string };

const request: Request = {
  principal: EntityUid.of("Nobody", ""),
  action: EntityUid.of("Action", ""),
  resource: EntityUid.of("Nothing", ""),
  context: new CedarRecord(new Map()),
};
const noEntities = EntityStore.from([]);
const MOST_KEPT = 10_000;
const folded = new Map<string, Folded>();

/** `expr` must be closed, and ask nothing of entities: only then is its value the same for every request. */
export function fold(expr: ExprJson): Folded {
  const key = keyOf(expr);
  let result = folded.get(key);
  if (result === undefined) {
    if (folded.size >= MOST_KEPT) folded.clear();
    result = evaluate(expr);
    folded.set(key, result);
  }
  return result;
}

function evaluate(body: ExprJson): Folded {
  const all = { op: "All" } as const;
  const policy = { effect: "permit", principal: all, action: all, resource: all } as const;
  const authorizer = compile({
    staticPolicies: { folded: { ...policy, conditions: [{ kind: "when", body }] } },
    templates: {},
    templateLinks: [],
  });
  const clause = authorizer.explain(request, noEntities).policies[0]?.clauses[0];
  if (clause?.trace.value !== undefined) return { value: clause.trace.value };
  return { error: clause?.error?.message ?? "it can't be evaluated" };
}
