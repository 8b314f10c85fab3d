import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openProject, type ProjectDecider } from "@cordon/pdp";
import { helpdesk } from "./app.js";
import { Desk } from "./desk.js";
import { type Session, Sessions } from "./session.js";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const EDGE_KEY = "what the proxy shows";
const sessions = new Sessions("a secret of this test");
const OFFICE = { "x-edge-key": EDGE_KEY, "x-edge-country": "DE", "x-edge-device": "managed, encrypted" };

let decider: ProjectDecider;
let server: Server;
before(async () => {
  decider = await openProject(PROJECT, { log: false, watch: false });
  server = helpdesk({ desk: new Desk(PROJECT), decider, sessions, edgeKey: EDGE_KEY }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await decider.close();
});

interface Asking {
  as?: string | Session;
  token?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

async function ask(request: string, { as, token, headers = {}, body }: Asking = {}) {
  const [method = "", path] = request.split(" ");
  const session = typeof as === "string" ? ({ type: "User", id: as, mfa: false } as const) : as;
  const bearer = token ?? (session && sessions.sign(session));
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
    method,
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
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

test("a session counts only as it was signed, and only until it expires", async () => {
  const token = sessions.sign({ type: "User", id: "bob", mfa: false });
  const forged = Buffer.from(JSON.stringify({ type: "User", id: "ann", mfa: true, expires: 9e15 }));
  const wrong = [
    `${forged.toString("base64url")}.${token.split(".")[1]}`,
    token.slice(0, -1),
    token.split(".")[0] ?? "",
    new Sessions("another secret").sign({ type: "User", id: "bob", mfa: false }),
    sessions.sign({ type: "User", id: "bob", mfa: false }, -1),
  ];
  for (const each of wrong)
    assert.equal((await ask("GET /tickets/T-1001", { token: each })).status, 401, each);
  assert.equal((await ask("GET /tickets/T-1001", { token })).status, 200);
});

test("place and device count only with the proxy's key", async () => {
  const path = "GET /customers/brightwater/export";
  assert.equal((await ask(path, { as: "ann", headers: OFFICE })).status, 200);
  for (const headers of [{ ...OFFICE, "x-edge-key": "guess" }, { ...OFFICE, "x-edge-key": "" }, {}]) {
    assert.equal((await ask(path, { as: "ann", headers })).status, 403, JSON.stringify(headers));
  }
});

test("a decision is about things as they are now: what was refunded can't be refunded again", async () => {
  const finn: Asking = { as: { type: "User", id: "finn", mfa: true }, body: { amount: 30_000 } };
  assert.equal((await ask("POST /invoices/INV-2001/refund", finn)).status, 200);
  assert.equal((await ask("POST /invoices/INV-2001/refund", finn)).status, 403);
  assert.equal(
    (await ask("POST /invoices/INV-2001/refund", { ...finn, body: { amount: 18_000 } })).status,
    200,
  );
});

test("an amount that is none is refused, and refunds nothing", async () => {
  for (const body of [
    {},
    { amount: "100" },
    { amount: null },
    { amount: 1.5 },
    { amount: -5 },
    { amount: [5] },
    "{",
  ]) {
    const { status } = await ask("POST /invoices/INV-2004/refund", {
      as: { type: "User", id: "gwen", mfa: true },
      body,
    });
    assert.ok(status === 400 || status === 403, `${JSON.stringify(body)} was answered with ${status}`);
  }
  assert.equal((await ask("GET /invoices/INV-2004", { as: "gwen" })).body.refunded, 0);
});

test("what does not exist is denied like what one may not see", async () => {
  const absent = await ask("GET /tickets/T-0", { as: "bob" });
  const foreign = await ask("GET /tickets/T-1003", { as: "bob" });
  assert.equal(absent.status, 403);
  assert.deepEqual({ ...absent.body, decisionId: "" }, { ...foreign.body, decisionId: "" });
});

test("the buttons below a ticket are those that would work", async () => {
  const buttons = async (as: Asking["as"] & {}) => (await ask("GET /tickets/T-1001/buttons", { as })).body;
  assert.deepEqual(await buttons("ann"), [
    "ticket:comment",
    "ticket:close",
    "ticket:reopen",
    "ticket:assign",
  ]);
  const mara = { type: "Contact", id: "mara@brightwater.example", mfa: false } as const;
  assert.deepEqual(await buttons(mara), ["ticket:comment"]);
  assert.equal((await ask("GET /tickets/T-1003/buttons", { as: "bob" })).status, 403);
});

test("the types that the application is compiled with are those of the schema", () => {
  const command = fileURLToPath(new URL("../../../packages/cli/bin/cordon.js", import.meta.url));
  const types = fileURLToPath(new URL("../src/cordon-types.ts", import.meta.url));
  const check = ["typegen", "--check", "--project", PROJECT, "--out", types];
  const { status, stderr } = spawnSync(process.execPath, [command, ...check], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
});

test("a closed ticket is closed", async () => {
  assert.equal((await ask("POST /tickets/T-1002/close", { as: "ann" })).body.status, "closed");
  assert.equal((await ask("GET /tickets/T-1002", { as: "ann" })).body.status, "closed");
});
