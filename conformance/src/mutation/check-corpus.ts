// node check-corpus.js FILE: asks the engine every question of a corpus on every path; ends with 1 at the first difference.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  actionEntities,
  type CedarRecord,
  compile,
  decodeEntity,
  decodeUid,
  decodeValue,
  EntityStore,
} from "@cordon/engine";
import { parseJson } from "@cordon/engine/json";
import { PATHS } from "../paths.js";
import type { CorpusCase } from "./corpus.js";

const cases = parseJson(readFileSync(process.argv[2] ?? "", "utf8")) as unknown as CorpusCase[];
for (const { policies, schema, entities, questions } of cases) {
  const given = new Map(
    [
      ...(schema === null ? [] : actionEntities(schema)),
      ...entities.map((entity) => decodeEntity(entity, schema)),
    ].map((entity) => [entity.uid.toString(), entity]),
  );
  const store = EntityStore.from(given.values());
  for (const path of PATHS) {
    const authorizer = compile(policies, { path });
    for (const { request, decision, reason, errors } of questions) {
      const action = decodeUid(request.action);
      const contextType = schema?.actions[action.toString()]?.context;
      const answer = authorizer.isAuthorized(
        {
          principal: decodeUid(request.principal),
          action,
          resource: decodeUid(request.resource),
          context: decodeValue(request.context as never, contextType) as CedarRecord,
        },
        store,
      );
      const actual = answer.errors.map(({ policyId, error }) => [
        policyId,
        error.message,
        error.help ?? null,
      ]);
      assert.equal(answer.decision, decision);
      // Ours are in the order of the set, whatever it was that evaluated them; Cedar's in none.
      assert.deepEqual(answer.reason, inOrder(policies, answer.reason));
      assert.deepEqual([...answer.reason].sort(), [...reason].sort());
      assert.deepEqual(actual.sort(byId), [...errors].sort(byId));
    }
  }
}

function byId([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}

function inOrder(
  { staticPolicies, templateLinks }: CorpusCase["policies"],
  ids: readonly string[],
): string[] {
  const order = [...Object.keys(staticPolicies), ...templateLinks.map(({ newId }) => newId)];
  return [...ids].sort((a, b) => order.indexOf(a) - order.indexOf(b));
}
