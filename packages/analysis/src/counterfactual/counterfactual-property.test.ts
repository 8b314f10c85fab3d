import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Authorizer, compile, encodeValue, type Value, valuesEqual } from "@cordon/engine";
import { parseJson, stringifyJson } from "@cordon/engine/json";
import { guardAnswer } from "@cordon/pdp/pipeline";
import fc from "fast-check";
import { applyChanges, type Change } from "./change.js";
import { turnDecision } from "./counterfactual.js";
import { describeChange } from "./describe-change.js";
import type { Facts } from "./facts.js";
import { readPlace } from "./place.js";
import { conforms } from "./schema-values.js";
import { DOMAIN, EDGES, type SmallWorld, smallWorld } from "./testing-internal/small-world.js";

const seed = Number(process.env.CORDON_SEED ?? Date.now() % 2 ** 31);

function check(t: TestContext, runs: number, property: (world: SmallWorld) => void): void {
  const numRuns = Number(process.env.CORDON_RUNS ?? runs);
  t.diagnostic(`CORDON_SEED=${seed} CORDON_RUNS=${numRuns}`);
  fc.assert(fc.property(smallWorld, property), { seed, numRuns });
}

function decide(authorizer: Authorizer, { request, entities }: Facts): "allow" | "deny" {
  return guardAnswer(authorizer.isAuthorized(request, entities), authorizer).decision;
}

test("every suggestion, applied, turns the decision, and no part of it does", (t) => {
  let seen = 0;
  check(t, 150, ({ bundle, facts }) => {
    const authorizer = compile(bundle);
    const before = decide(authorizer, facts);
    const turned = turnDecision(bundle, facts, { authorizer });
    assert.equal(turned.decision, before);
    for (const { changes, texts, alternatives } of turned.suggestions) {
      seen += 1;
      assert.equal(texts.length, changes.length);
      for (const set of [changes, ...alternatives]) {
        // A suggestion is data: it survives being written and read.
        const read = parseJson(stringifyJson(set as never)) as unknown as Change[];
        assert.notEqual(decide(authorizer, applyChanges(facts, read)), before, texts.join("; "));
        for (let chosen = 1; chosen < 2 ** set.length - 1; chosen++) {
          const part = set.filter((_, index) => chosen & (1 << index));
          assert.equal(
            decide(authorizer, applyChanges(facts, part)),
            before,
            `a part suffices: ${texts.join("; ")}`,
          );
        }
      }
    }
  });
  assert.ok(seen > 30, `only ${seen} suggestions`);
});

test("applied suggestions leave entities and context as the schema wants them", (t) => {
  check(t, 60, ({ bundle, facts }) => {
    const { schema } = bundle;
    assert.ok(schema !== null);
    for (const { changes } of turnDecision(bundle, facts).suggestions) {
      const { request, entities } = applyChanges(facts, changes);
      const context = schema.actions[request.action.toString()]?.context;
      assert.ok(context !== undefined && conforms(request.context, context, schema));
      for (const { uid, attrs, parents } of entities.all()) {
        const type = schema.entityTypes[uid.type];
        assert.ok(
          type !== undefined && conforms(attrs, { type: "Record", attributes: type.attributes }, schema),
        );
        for (const parent of parents) assert.ok(type.memberOfTypes.includes(parent.type));
      }
    }
  });
});

/** Every single change there is in the small world. */
function allChanges(facts: Facts): Change[] {
  const changes: Change[] = [];
  for (const [holder, name, values] of DOMAIN) {
    const place = { holder, tag: false, at: [name], text: name, type: undefined, isRequired: false };
    const from = readPlace(place, facts);
    const entity = holder === null ? null : holder.toString();
    const rest = {
      path: name,
      entity,
      at: [name],
      tag: false,
      ...(from === undefined ? {} : { from: encodeValue(from) }),
    };
    for (const to of values) {
      if (isSame(from, to)) continue;
      changes.push(
        to === undefined ? { kind: "remove", ...rest } : { kind: "set", ...rest, to: encodeValue(to) },
      );
    }
  }
  for (const [member, group] of EDGES) {
    const kind = facts.entities.get(member)?.isIn(group) ? "remove_parent" : "add_parent";
    changes.push({ kind, entity: member.toString(), parent: group.toString() });
  }
  return changes;
}

function isSame(a: Value | undefined, b: Value | undefined): boolean {
  return a === undefined || b === undefined ? a === b : valuesEqual(a, b);
}

/**
 * The smallest set of changes that turns the decision, of at most two; undefined where there is none. A deny
 * only because a policy now errs is not counted: taking away what a policy relies on is no change to suggest.
 */
function smallestByTrial(authorizer: Authorizer, facts: Facts): Change[] | undefined {
  const before = decide(authorizer, facts);
  const turns = (changes: Change[]): boolean => {
    const changed = applyChanges(facts, changes);
    if (decide(authorizer, changed) === before) return false;
    return (
      before === "deny" || authorizer.isAuthorized(changed.request, changed.entities).errors.length === 0
    );
  };
  const changes = allChanges(facts);
  const single = changes.find((change) => turns([change]));
  if (single !== undefined) return [single];
  for (const [index, first] of changes.entries()) {
    const second = changes.slice(index + 1).find((other) => turns([first, other]));
    if (second !== undefined) return [first, second];
  }
  return undefined;
}

test("where trying everything finds a way, a suggestion is as small", (t) => {
  const counts = [0, 0, 0];
  check(t, 60, ({ bundle, facts }) => {
    const authorizer = compile(bundle);
    const smallest = smallestByTrial(authorizer, facts);
    const size = smallest?.length ?? 0;
    counts[size] = (counts[size] ?? 0) + 1;
    if (smallest === undefined) return;
    const { suggestions, bounds } = turnDecision(bundle, facts, { authorizer });
    const [best] = suggestions;
    const found = best === undefined ? `nothing (${bounds.join("; ")})` : best.texts.join("; ");
    const wanted = smallest.map((change) => describeChange(change)).join("; ");
    assert.ok(
      best !== undefined && best.changes.length <= size,
      `found ${found} where this will do: ${wanted}`,
    );
  });
  t.diagnostic(`turned by one change: ${counts[1]}, by two: ${counts[2]}, by no two: ${counts[0]}`);
});
