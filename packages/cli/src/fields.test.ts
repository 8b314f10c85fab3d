import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, DeciderUnavailable } from "@cordon/client";
import { type DecisionRequest, RequestError } from "@cordon/engine";
import { openProject } from "@cordon/pdp";
import { startServer } from "@cordon/pdp/http";
import { parseMappings } from "@cordon/planner";
import { kyselyFilters } from "@cordon/planner/kysely";
import { prismaFilters } from "@cordon/planner/prisma";
import { pino } from "pino";
import { cordon } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

const FIELDS = `
fields:
  Document:
    document:read:
      - attributes: [secret]
        action: document:share
        mask: null
      - attributes: [owner]
        action: document:share
`;

const folder = projectWith({ ...shop, "cordon.yaml": FIELDS });
const noon = ["--at", "2026-11-24T12:00:00Z"];

test("each attribute is shown, masked or hidden, and what it takes is said", async () => {
  const [owner, other] = await Promise.all([
    cordon(["fields", "User::ann", "document:read", "Document::plan", ...noon], { cwd: folder }),
    cordon(["fields", "User::ann", "document:read", "Document::plan", "--at", "2026-11-24T03:00:00Z"], {
      cwd: folder,
    }),
  ]);
  assert.equal(owner.stderr, "");
  assert.equal(owner.code, 0);
  assert.match(
    owner.stdout,
    /^ALLOW {2}permitted by 1 policy\n {2}owner {3}shown {2}by document:share\n {2}secret {2}shown {2}by document:share\n {2}decision /,
  );
  assert.match(
    other.stdout,
    /^ALLOW {2}permitted by 1 policy\n {2}secret {2}masked as null {2}takes document:share: forbidden by 1 policy\n {2}owner {3}hidden {10}takes document:share: forbidden by 1 policy\n/,
  );
});

test("where not even the action is allowed, everything is hidden, and the exit code says so", async () => {
  const { code, stdout } = await cordon(["fields", "User::bob", "document:read", "Document::plan"], {
    cwd: folder,
  });
  assert.equal(code, 1);
  assert.match(stdout, /^DENY .*\n {2}owner {3}hidden\n {2}secret {2}hidden\n/);
});

test("for a program there is JSON", async () => {
  const asked = ["fields", "User::ann", "document:read", "Document::plan", "--json", ...noon];
  const { stdout } = await cordon(asked, { cwd: folder });
  const { allowed, masked, hidden, needed } = JSON.parse(stdout);
  assert.deepEqual([allowed, masked, hidden, needed.length], [["owner", "secret"], {}, [], 2]);
});

test("a slip in the settings is shown where it is", async () => {
  const slipped = projectWith({ ...shop, "cordon.yaml": FIELDS.replace("[secret]", "[secert]") });
  const { code, stdout, stderr } = await cordon(["check"], { cwd: slipped });
  assert.equal(code, 2);
  assert.match(stdout + stderr, /`Document` has no attribute `secert`/);
});

test("in-process and over HTTP the answers are the same", async (t) => {
  const local = await openProject(folder, { watch: false, clock: () => new Date("2026-11-24T12:00:00Z") });
  const server = await startServer({
    decider: local,
    host: "127.0.0.1",
    port: 0,
    keys: null,
    logger: pino({ level: "error" }, pino.destination(2)),
  });
  t.after(async () => {
    await server.close();
    await local.close();
  });
  const remote = connect({ url: server.url });
  const ask = (id: string, action = "document:read"): DecisionRequest => ({
    principal: `User::"${id}"`,
    action,
    resource: 'Document::"budget"',
    context: { country: "DE", mood: "good" },
  });
  const withoutIds = (value: unknown) =>
    JSON.parse(
      JSON.stringify(value, (key, member) =>
        key === "id" && typeof member === "string" && member.length === 36 ? "id" : member,
      ),
    );
  for (const request of [ask("ann"), ask("bob"), ask("ann", "document:shred")]) {
    const [expected, actual] = await Promise.all([local.fields(request), remote.fields(request)]);
    assert.deepEqual(withoutIds(actual), withoutIds(expected));
    const { resource: _, ...plan } = { ...request, resourceType: "Document" };
    const [here, there] = await Promise.all([local.planFields(plan), remote.planFields(plan)]);
    assert.deepEqual(withoutIds(there), withoutIds(here));
  }
  const mappings = parseMappings({
    Document: { table: "documents", id: "id", attributes: { secret: "secret", owner: "owner" } },
  });
  const built = async (decider: typeof remote) => {
    const kysely = kyselyFilters(decider, { dialect: "postgres", mappings });
    const prisma = prismaFilters(decider, { provider: "postgresql", mappings, exactText: true });
    const question = ['User::"ann"', "document:read", "Document"] as const;
    const rows = await kysely.rows(...question);
    return [
      (await kysely.filter(...question)).toOperationNode(),
      rows.where.toOperationNode(),
      rows.columns<{ id: string }>().map((column) => column.toOperationNode()),
      await prisma.filter(...question),
    ];
  };
  const [here, there] = await Promise.all([built(local), built(remote)]);
  assert.deepEqual(there, here);
  assert.deepEqual(here[3], { secret: { equals: false } });
  const malformed = { ...ask("ann"), principal: "ann" };
  await assert.rejects(remote.fields(malformed), RequestError);
});

const ANSWER = {
  decision: true,
  fields: { allowed: ["owner"], masked: { secret: null }, hidden: [] },
  needed: [],
};

const GARBAGE: readonly (readonly [string, unknown])[] = [
  ["no fields", { decision: true }],
  ["no list of names", { ...ANSWER, fields: { ...ANSWER.fields, allowed: "owner" } }],
  ["a list of something else", { ...ANSWER, fields: { ...ANSWER.fields, hidden: [1] } }],
  [
    "masks of an unknown kind",
    { ...ANSWER, fields: { ...ANSWER.fields, masked: { secret: { middle: 3 } } } },
  ],
  ["masks that show nothing", { ...ANSWER, fields: { ...ANSWER.fields, masked: { secret: { last: -1 } } } }],
  ["no decision", { ...ANSWER, decision: undefined }],
  ["attributes without an allow", { ...ANSWER, decision: false }],
  ["a need without attributes", { ...ANSWER, needed: [{ action: { name: "x" }, decision: true }] }],
];

for (const [name, body] of GARBAGE) {
  test(`an answer with ${name} is none`, async () => {
    const fetch = async () =>
      new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } });
    const decider = connect({ url: "http://127.0.0.1:1", fetch });
    const asked = decider.fields({ principal: 'User::"a"', action: "b", resource: 'C::"d"' });
    await assert.rejects(asked, DeciderUnavailable);
  });
}
