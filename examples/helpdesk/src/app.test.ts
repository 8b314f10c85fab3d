import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openProject, type ProjectDecider } from "@cordon/pdp";
import { helpdesk } from "./app.js";
import { Desk } from "./desk.js";
import { Issuer, type SignIn } from "./local/issuer.js";
import { type Surroundings, startSurroundings } from "./local/surroundings.js";
import { mappingsOf } from "./ticket-list.js";

const PROJECT = fileURLToPath(new URL("../live", import.meta.url));
const COMMAND = fileURLToPath(new URL("../../../packages/cli/bin/cordon.js", import.meta.url));
/** Real addresses, by the database of places that comes along. */
const GERMANY = "193.99.144.80";
const UNITED_STATES = "8.8.8.8";

let surroundings: Surroundings;
let desk: Desk;
let decider: ProjectDecider;
let server: Server;
before(async () => {
  surroundings = await startSurroundings();
  Object.assign(process.env, surroundings.settings);
  // Bob's hours are all day.
  await surroundings.run("UPDATE staff SET shift_start = NULL, shift_end = NULL WHERE id = 'bob'");
  desk = new Desk(surroundings.settings.HELPDESK_APP_DATABASE_URL ?? "");
  decider = await openProject(PROJECT, { log: false, watch: false });
  server = helpdesk({ desk, decider, mappings: mappingsOf(PROJECT) }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await decider.close();
  await desk.end();
  await surroundings.stop();
});

interface Asking {
  as?: string | SignIn;
  token?: string;
  /** Where the request comes from, as our own proxy says. */
  from?: string;
  device?: string;
  body?: unknown;
}

async function ask(request: string, { as, token, from, device, body }: Asking = {}) {
  const [method = "", path] = request.split(" ");
  const signedIn = typeof as === "string" ? { as } : as;
  const bearer = token ?? (signedIn && (await surroundings.issuer.signIn(signedIn)));
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
    method,
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(from === undefined ? {} : { "x-forwarded-for": from }),
      ...(device === undefined ? {} : { "x-device-id": device }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    id: response.headers.get("x-decision-id"),
    body: JSON.parse(text || "null"),
  };
}

const statusOf = async (request: string, asking: Asking) => (await ask(request, asking)).status;

/** PostgreSQL tells of a change a moment after it. */
async function becomes(status: number, request: string, asking: Asking): Promise<void> {
  const deadline = Date.now() + 5_000;
  let last = 0;
  while (last !== status && Date.now() < deadline) last = await statusOf(request, asking);
  assert.equal(last, status);
}

test("an allowed request is handled, and names its decision", async () => {
  const { status, id, body } = await ask("GET /tickets/T-1001", { as: "bob" });
  assert.equal(status, 200);
  assert.match(id ?? "", /^[\da-f-]{36}$/);
  assert.equal(body.contact, "Mara Vogel <mara@brightwater.example>");
});

test("an obligation of the decision is honoured: account managers see no contact", async () => {
  assert.equal((await ask("GET /tickets/T-1001", { as: "ivy" })).body.contact, "M. V.");
  assert.equal((await ask("GET /customers/brightwater", { as: "ivy" })).body.contact, "M. V.");
});

test("a token counts only as it was signed, by whom we trust, and while its session goes on", async () => {
  const token = await surroundings.issuer.signIn({ as: "bob" });
  const [header, , signature] = token.split(".");
  const claims = {
    sub: "ann",
    kind: "staff",
    iss: surroundings.issuer.url,
    aud: "helpdesk",
    exp: 9_999_999_999,
  };
  const forged = Buffer.from(JSON.stringify(claims)).toString("base64url");
  const none = Buffer.from('{"alg":"none"}').toString("base64url");
  const stranger = await Issuer.start(0, async () => "a session");
  const wrong = [
    `${header}.${forged}.${signature}`,
    `${none}.${forged}.`,
    token.slice(0, -8),
    "no token",
    await stranger.signIn({ as: "bob" }),
  ];
  stranger.stop();
  for (const each of wrong) assert.equal(await statusOf("GET /tickets/T-1001", { token: each }), 401, each);
  assert.equal(await statusOf("GET /tickets/T-1001", {}), 401);
  assert.equal(await statusOf("GET /tickets/T-1001", { token }), 200);

  const other = await surroundings.issuer.signIn({ as: "bob" });
  const { sid } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  await surroundings.run("UPDATE sessions SET revoked_at = now() WHERE id = $1", [sid]);
  await becomes(401, "GET /tickets/T-1001", { token });
  assert.equal(await statusOf("GET /tickets/T-1001", { token: other }), 200, "his other session goes on");
});

test("the place is that of the address, which only our own proxy can pass on", async () => {
  const export_ = (from?: string) =>
    statusOf("GET /customers/brightwater/export", {
      as: "ann",
      device: "ann-laptop",
      ...(from === undefined ? {} : { from }),
    });
  assert.equal(await export_(GERMANY), 200);
  for (const from of [UNITED_STATES, undefined, `${GERMANY}, ${UNITED_STATES}`, "Germany"]) {
    assert.equal(await export_(from), 403, from);
  }
  // The proxy is what connects to us: what a client wrote stands to the left of what it added.
  assert.equal(await export_(`${UNITED_STATES}, ${GERMANY}`), 200);
});

test("a device is what the inventory says, and unmanaged when it was not seen for a day", async () => {
  const export_ = (device?: string) =>
    statusOf("GET /customers/brightwater/export", {
      as: "ann",
      from: GERMANY,
      ...(device === undefined ? {} : { device }),
    });
  assert.equal(await export_("ann-laptop"), 200);
  assert.equal(await export_("her own"), 403);
  assert.equal(await export_(), 403);
  const asking = { as: "ann", from: GERMANY, device: "ann-laptop" };
  await surroundings.run(
    "UPDATE devices SET last_seen = now() - interval '25 hours' WHERE id = 'ann-laptop'",
  );
  await becomes(403, "GET /customers/brightwater/export", asking);
  await surroundings.run("UPDATE devices SET last_seen = now() WHERE id = 'ann-laptop'");
  await becomes(200, "GET /customers/brightwater/export", asking);
});

test("whoever leaves a group has lost its rights with the next request", async () => {
  const asking = { as: "ann", from: GERMANY, device: "ann-laptop" };
  const memberships = await surroundings.run("DELETE FROM memberships WHERE person = 'ann' RETURNING team");
  await becomes(403, "GET /customers/brightwater/export", asking);
  for (const { team } of memberships) {
    await surroundings.run("INSERT INTO memberships (person, team) VALUES ('ann', $1)", [team]);
  }
  await becomes(200, "GET /customers/brightwater/export", asking);
});

test("an agent may do what both it and its person may", async () => {
  const assisted = { as: { as: "bob", agent: "assistant" } };
  assert.equal(await statusOf("GET /tickets/T-1001", assisted), 200);
  assert.equal(await statusOf("GET /tickets/T-1003", assisted), 403, "Bob may not");
  assert.equal(await statusOf("POST /tickets/T-1001/close", assisted), 403, "the assistant may not");
  assert.equal(await statusOf("GET /tickets/T-1001", { as: { as: "bob", agent: "scraper" } }), 403);
});

test("a list has the tickets that may be read, and no other", async () => {
  const ids = (await surroundings.run("SELECT id FROM tickets ORDER BY id")).map(({ id }) => String(id));
  const people: SignIn[] = [
    { as: "bob" },
    { as: "eve" },
    { as: "jack" },
    { as: "mara@brightwater.example", kind: "customer" },
    { as: "ann", agent: "assistant" },
  ];
  for (const person of people) {
    const token = await surroundings.issuer.signIn(person);
    const principal = { type: person.kind === "customer" ? "Contact" : "User", id: person.as };
    const decisions = await decider.decideMany(
      ids.map((id) => ({
        principal,
        action: "ticket:read",
        resource: { type: "Ticket", id },
        credentials: { token },
      })),
    );
    const expected = ids.filter((_, i) => {
      const decision = decisions[i];
      return decision !== undefined && "decision" in decision && decision.decision === "allow";
    });
    const { body } = await ask("GET /tickets?limit=5000", { token });
    assert.deepEqual(
      body.tickets.map(({ id }: { id: string }) => id),
      expected,
      person.as,
    );
    assert.equal(body.total, expected.length);
  }
  assert.equal((await ask("GET /tickets", { as: "bob" })).body.tickets.length, 20);
  assert.equal(await statusOf("GET /tickets", {}), 401);
  const stranger = await Issuer.start(0, async () => "a session");
  assert.equal(await statusOf("GET /tickets", { token: await stranger.signIn({ as: "bob" }) }), 401);
  stranger.stop();
});

test("a decision is about things as they are now: what was refunded can't be refunded again", async () => {
  const finn: Asking = { as: { as: "finn", mfa: true }, body: { amount: 30_000 } };
  assert.equal(
    await statusOf("POST /invoices/INV-2001/refund", { ...finn, as: "finn" }),
    403,
    "no second factor",
  );
  assert.equal(await statusOf("POST /invoices/INV-2001/refund", finn), 200);
  assert.equal(await statusOf("POST /invoices/INV-2001/refund", finn), 403);
  assert.equal(await statusOf("POST /invoices/INV-2001/refund", { ...finn, body: { amount: 18_000 } }), 200);
});

test("of refunds that are decided at the same moment, no more go through than there is money", async () => {
  const gwen: Asking = { as: { as: "gwen", mfa: true }, body: { amount: 9_900 } };
  const statuses = await Promise.all(
    Array.from({ length: 6 }, () => statusOf("POST /invoices/INV-2004/refund", gwen)),
  );
  assert.equal(statuses.filter((status) => status === 200).length, 1, statuses.join());
  assert.equal((await ask("GET /invoices/INV-2004", { as: "gwen" })).body.refunded, 9_900);
});

test("an amount that is none is refused, and refunds nothing", async () => {
  for (const amount of [undefined, "100", null, 1.5, -5, [5]]) {
    const { status } = await ask("POST /invoices/INV-2002/refund", {
      as: { as: "finn", mfa: true },
      body: { amount },
    });
    assert.ok(status === 400 || status === 403, `${JSON.stringify(amount)} was answered with ${status}`);
  }
  const broken = { as: { as: "finn", mfa: true }, body: "{" };
  assert.equal(await statusOf("POST /invoices/INV-2002/refund", broken), 400);
  assert.equal((await ask("GET /invoices/INV-2002", { as: "gwen" })).body.refunded, 0);
});

test("what does not exist is denied like what one may not see", async () => {
  const absent = await ask("GET /tickets/T-0", { as: "bob" });
  const foreign = await ask("GET /tickets/T-1003", { as: "bob" });
  assert.equal(absent.status, 403);
  assert.deepEqual({ ...absent.body, decisionId: "" }, { ...foreign.body, decisionId: "" });
});

test("the buttons below a ticket are those that would work", async () => {
  const buttons = async (as: string | SignIn) => (await ask("GET /tickets/T-1001/buttons", { as })).body;
  assert.deepEqual(await buttons("ann"), [
    "ticket:comment",
    "ticket:close",
    "ticket:reopen",
    "ticket:assign",
  ]);
  const mara = { as: "mara@brightwater.example", kind: "customer" } as const;
  assert.deepEqual(await buttons(mara), ["ticket:comment"]);
  assert.deepEqual(await buttons({ as: "ann", agent: "assistant" }), ["ticket:comment"]);
  assert.equal(await statusOf("GET /tickets/T-1003/buttons", { as: "bob" }), 403);
});

test("comments are kept, and a closed ticket is closed", async () => {
  const text = "Fixed in 4.2.1.";
  assert.equal(await statusOf("POST /tickets/T-1001/comments", { as: "bob", body: { text } }), 201);
  const { comments } = (await ask("GET /tickets/T-1001", { as: "bob" })).body;
  assert.deepEqual([comments[0].by, comments[0].text], ["bob", text]);
  assert.equal((await ask("POST /tickets/T-1002/close", { as: "ann" })).body.status, "closed");
  assert.equal((await ask("GET /tickets/T-1002", { as: "ann" })).body.status, "closed");
});

test("while the database doesn't answer, nothing is allowed", async () => {
  const token = await surroundings.issuer.signIn({ as: "bob" });
  surroundings.database.pause();
  try {
    assert.equal(await statusOf("GET /tickets/T-1001", { token }), 503);
    assert.equal(await statusOf("GET /tickets", { token }), 503);
  } finally {
    surroundings.database.resume();
  }
  await becomes(200, "GET /tickets/T-1001", { as: "bob" });
});

const command = (...args: string[]) =>
  spawnSync(process.execPath, [COMMAND, ...args], { encoding: "utf8", env: process.env });

test("the types that the application is compiled with are those of the schema", () => {
  const types = fileURLToPath(new URL("../src/cordon-types.ts", import.meta.url));
  const folder = fileURLToPath(new URL("..", import.meta.url));
  const { status, stderr } = command("typegen", "--check", "--project", folder, "--out", types);
  assert.equal(status, 0, stderr);
});

test("the database tells of changes as `cordon sources install` would have it, and has what the sources name", () => {
  const migration = readFileSync(new URL("../database/migrations/002-push.sql", import.meta.url), "utf8");
  const { stdout, stderr } = command("sources", "install", "people", "--project", PROJECT);
  assert.equal(stdout, migration, stderr);
  const checked = command("sources", "check", "--project", PROJECT);
  assert.equal(checked.status, 0, checked.stdout + checked.stderr);
});
