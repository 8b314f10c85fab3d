import assert from "node:assert/strict";
import { test } from "node:test";
import { errorCodesPage } from "./error-codes.mjs";

const page = errorCodesPage();

/** @type {[how: string, section: string, row: RegExp][]} */
const CASES = [
  ["a union whose codes have comments", "ServerError", /`no_keys` \| a host that others can reach/],
  ["a union whose comment lists them", "ProjectError", /`record_missing` \| a replay lacks/],
  ["a union without comments", "EngineError", /`entity_cycle` \| an entity would be/],
  ["a union of an interface", "EvaluationError", /`integer_overflow` \| /],
  ["codes that stand in the class", "RouteRuleError", /`route_unreachable` \| /],
  ["a class with one code", "InvalidProject", /`project_invalid` \| /],
  ["codes that requests are refused with", "RequestError", /`member_missing` \| /],
  ["codes given on a line of their own", "RequestError", /`action_ambiguous` \| /],
  ["problems of the server", "Problems of the server", /`missing_scope` \| 403 \| /],
];

for (const [how, section, row] of CASES) {
  test(`finds ${how}`, () => {
    const [, ...sections] = page.split(/^## /m);
    const found = sections.find((text) => text.startsWith(`${section}\n`));
    assert.match(found ?? "", row);
  });
}

test("says each kind of error once", () => {
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  assert.deepEqual(headings, [...new Set(headings)]);
});
