import assert from "node:assert/strict";
import { test } from "node:test";
import { type EntityData, EntityStore, EntityUid, type Value } from "@cordon/engine";
import fc from "fast-check";
import { compilePredicate } from "../javascript/index.js";
import {
  type Atom,
  absent,
  amongst,
  and,
  complement,
  defined,
  describePredicate,
  negate,
  or,
  type Predicate,
  type Term,
} from "./index.js";

const row: Term = { kind: "row", type: { type: "Entity", name: "Ticket" } };
const named = (of: Term, name: string, type: "Long" | "Boolean"): Term => ({
  kind: "attribute",
  of,
  name,
  type: { type },
});
const parent: Term = { kind: "attribute", of: row, name: "up", type: { type: "Entity", name: "Ticket" } };
const NUMBERS = [named(row, "a", "Long"), named(row, "b", "Long"), named(parent, "a", "Long")];
const flag = named(row, "open", "Boolean");
const long = (value: number): Term => ({ kind: "literal", value: { type: "Long", value: String(value) } });

/** Few of them, so that they contradict, repeat and imply one another. */
const number = fc.constantFrom(...NUMBERS);
const relation = fc.oneof(
  fc
    .record({
      operator: fc.constantFrom("==", "!=", "<", ">=" as const),
      left: number,
      right: fc.oneof(fc.constantFrom(1, 2).map(long), number),
    })
    .map((one) => ({ kind: "compare", ...one }) as const),
  fc
    .boolean()
    .map((value) => ({ kind: "literal", value: { type: "Boolean", value } }) as const)
    .map((right) => ({ kind: "compare", operator: "==", left: flag, right }) as const),
  fc.record({
    kind: fc.constant("within" as const),
    negated: fc.boolean(),
    member: fc.constantFrom(row, parent),
    of: fc.constant([{ type: "Entity", name: "Ticket", id: "p" } as const]),
  }),
);
const atom: fc.Arbitrary<Predicate> = fc.oneof(
  { weight: 4, arbitrary: relation },
  {
    weight: 1,
    arbitrary: fc.tuple(number, fc.boolean()).map(([term, negated]) =>
      amongst(
        term,
        ["1", "2"].map((value) => ({ type: "Long", value }) as const),
        negated,
      ),
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(...NUMBERS, parent, flag).map(defined) },
  { weight: 1, arbitrary: fc.constantFrom(...NUMBERS, parent, flag).map(absent) },
  { weight: 1, arbitrary: fc.constantFrom<Predicate>({ kind: "always" }, { kind: "never" }) },
);

/** As written: nothing about them has been made simpler. */
const plain: fc.Arbitrary<Predicate> = fc.letrec<{ predicate: Predicate }>((tie) => ({
  predicate: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    { weight: 2, arbitrary: atom },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom("and" as const, "or" as const),
        operands: fc.array(tie("predicate"), { maxLength: 4 }),
      }),
    },
  ),
})).predicate;

function simplified(predicate: Predicate): Predicate {
  if (predicate.kind !== "and" && predicate.kind !== "or") return predicate;
  const operands = predicate.operands.map(simplified);
  return predicate.kind === "and" ? and(...operands) : or(...operands);
}

/** Every row that the atoms can tell apart, those whose parent isn't there included. */
const STORE = EntityStore.from([
  ticket("p", { a: 1 }),
  ticket("q", {}),
  ...[undefined, 1, 2, 3].flatMap((a) =>
    [undefined, 1, 2].flatMap((b) =>
      [undefined, true, false].flatMap((open) =>
        [undefined, "p", "q", "nobody"].map((id) => {
          const up = id === undefined ? undefined : EntityUid.of("Ticket", id);
          return ticket(`${a} ${b} ${open} ${id}`, { a, b, open, up }, up);
        }),
      ),
    ),
  ),
]);

function ticket(id: string, attributes: Record<string, Value | undefined>, up?: EntityUid): EntityData {
  const attrs = new Map<string, Value>();
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) attrs.set(name, value);
  return { uid: EntityUid.of("Ticket", id), attrs, parents: up === undefined ? [] : [up] };
}

function passing(condition: Predicate): string[] {
  const passes = compilePredicate({ version: 1, resourceType: "Ticket", condition });
  return [...STORE].filter(({ uid }) => passes(uid, STORE)).map(({ uid }) => uid.id);
}

const seed = Number(process.env.CORDON_SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.CORDON_RUNS ?? 1_000);

test("a simpler predicate lets the same rows through, and its complement the others", (t) => {
  t.diagnostic(`CORDON_SEED=${seed} CORDON_RUNS=${numRuns}`);
  let fewer = 0;
  fc.assert(
    fc.property(plain, (predicate) => {
      const simple = simplified(predicate);
      if (sizeOf(simple) < sizeOf(predicate)) fewer += 1;
      const expected = passing(predicate);
      assert.deepEqual(passing(simple), expected, describePredicate(simple));
      const others = [...STORE].map(({ uid }) => uid.id).filter((id) => !expected.includes(id));
      assert.deepEqual(passing(complement(simple)), others, describePredicate(complement(simple)));
    }),
    { seed, numRuns },
  );
  assert.ok(fewer > numRuns / 10, `${fewer} of ${numRuns} were made simpler`);
});

test("an atom and its opposite say different things of every row with values", (t) => {
  t.diagnostic(`CORDON_SEED=${seed}`);
  fc.assert(
    fc.property(relation, (one) => {
      const [holds, fails] = [passing(one as Atom), passing(negate(one as Parameters<typeof negate>[0]))];
      assert.ok(!holds.some((id) => fails.includes(id)));
    }),
    { seed, numRuns: Math.ceil(numRuns / 10) },
  );
});

function sizeOf(predicate: Predicate): number {
  if (predicate.kind !== "and" && predicate.kind !== "or") return 1;
  return predicate.operands.reduce((size, operand) => size + sizeOf(operand), 1);
}
