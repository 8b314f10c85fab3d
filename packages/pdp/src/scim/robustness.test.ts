import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, JsonValue } from "@cordon/engine/json";
import fc from "fast-check";
import { parseFilter } from "./filter.js";
import { patched } from "./patch.js";
import { readResource } from "./resource.js";
import { ScimError } from "./scim-error.js";

const seed = Number(process.env.CORDON_SEED ?? Date.now());
const numRuns = 2_000 * Number(process.env.CORDON_RUNS ?? 1);

const words = fc.constantFrom(
  ...'userName emails members active not and or eq ne co pr gt ( ) [ ] . " \\ "a" true 7 urn: $ref : __proto__ constructor'.split(
    " ",
  ),
);
const phrase = fc
  .array(fc.oneof(words, fc.string({ maxLength: 4 })), { maxLength: 12 })
  .map((parts) => parts.join(" "));
const USER: JsonObject = {
  userName: "ann",
  active: true,
  emails: [{ type: "work", value: "a" }],
  members: [{ value: "1" }],
};

function orRefused(work: () => void): void {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ScimError, String(error));
  }
}

test(`any text is a filter or is refused (CORDON_SEED=${seed})`, () => {
  fc.assert(
    fc.property(phrase, (text) => orRefused(() => assert.equal(typeof parseFilter(text)(USER), "boolean"))),
    { seed, numRuns },
  );
});

test(`any PATCH gives a resource or is refused, and leaves what it began with (CORDON_SEED=${seed})`, () => {
  const operation = fc.record(
    {
      op: fc.constantFrom("add", "Remove", "replace", "x"),
      path: phrase,
      value: fc.jsonValue({ maxDepth: 3 }),
    },
    { requiredKeys: ["op"] },
  );
  const before = structuredClone(USER);
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 4 }), (Operations) => {
      orRefused(() => {
        const body = { Operations } as unknown as JsonValue;
        const { userName, active } = readResource("User", patched(USER, body));
        assert.equal(typeof userName, "string");
        assert.equal(typeof active, "boolean");
      });
      assert.deepEqual(USER, before);
      assert.equal(({} as { admin?: unknown }).admin, undefined);
    }),
    { seed, numRuns },
  );
});
