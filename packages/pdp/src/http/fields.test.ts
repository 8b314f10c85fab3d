import assert from "node:assert/strict";
import { test } from "node:test";
import { PlanUnavailable } from "@cordon/engine";
import { assertProblem, CERTIFICATION_PROJECT, READ, serve, standIn } from "./serve.test.support.js";

const FIELDS = "/cordon/v1/fields";
const files = {
  ...CERTIFICATION_PROJECT,
  "cordon.yaml": `
fields:
  record:
    read:
      - { attributes: [status], action: write, mask: { first: 1 } }
`,
};
const bob = { ...READ, subject: { type: "user", id: "bob" } };

test("attributes are divided, and the evaluations behind it are told", async (t) => {
  const { post, decider } = await serve(t, { files });
  const shown = (await post(FIELDS, READ)).json;
  assert.deepEqual(shown.fields, { allowed: ["status"], masked: {}, hidden: [] });
  const masked = await post(FIELDS, bob);
  assert.equal(masked.status, 200, masked.text);
  assert.equal(masked.json.decision, true);
  assert.equal(masked.json.context.bundle, decider.bundle.id);
  assert.deepEqual(masked.json.fields, { allowed: [], masked: { status: { first: 1 } }, hidden: [] });
  const [needed] = masked.json.needed;
  assert.deepEqual(
    [needed.action, needed.attributes, needed.decision, needed.context.reason.code],
    [{ name: "write" }, ["status"], false, "no_permit"],
  );
  const hidden = (await post(FIELDS, { ...READ, action: { name: "delete" } })).json;
  assert.deepEqual(
    [hidden.decision, hidden.fields],
    [false, { allowed: [], masked: {}, hidden: ["status"] }],
  );
});

test("a plan of rows comes with one for each group of attributes", async (t) => {
  const { post } = await serve(t, { files });
  const { status, json } = await post(`${FIELDS}/plan`, { ...READ, resource: { type: "record" } });
  assert.equal(status, 200);
  assert.deepEqual(json.allowed, []);
  assert.equal(json.rows.outcome, "always");
  const [group] = json.groups;
  assert.deepEqual(
    [group.action, group.attributes, group.mask, group.plan.outcome],
    [{ name: "write" }, ["status"], { first: 1 }, "when"],
  );
});

test("a malformed question is refused where it is wrong", async (t) => {
  const { post } = await serve(t, { files });
  assertProblem(await post(FIELDS, { ...READ, subject: {} }), 400, "missing_member", {});
  const noText = { ...READ, resource: { ...READ.resource, properties: { status: 1 } } };
  assertProblem(await post(FIELDS, noText), 400, (await post("/access/v1/evaluation", noText)).json.code, {
    pointer: "/resource/properties/status",
  });
  assertProblem(await post(`${FIELDS}/plan`, READ.subject), 400, "missing_member", {});
});

test("without what a plan depends on there is none", async (t) => {
  const planFields = async () => {
    throw new PlanUnavailable("`directory`: no answer", [], "start it");
  };
  const { post } = await serve(t, { files, wrap: (decider) => standIn(decider, { planFields }) });
  const asked = await post(`${FIELDS}/plan`, { ...READ, resource: { type: "record" } });
  assertProblem(asked, 503, "source_unavailable", {});
});
