import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startPostgres } from "@cordon/databases";
import { serve, startCommand } from "./command.js";

/** Secrets of every setting that can hold one, and of what comes with a request. */
const CANARY = {
  refused: "canary-of-refused@sql/1",
  unreachable: "canary-of-unreachable-sql-2",
  working: "canary-of-working-sql-3",
  header: "canary-of-header-4",
  query: "canary-of-query-5",
  plain: "canary-in-the-file-6",
  token: "canary-token-7",
} as const;

const SCHEMA = `
entity A = { x: Bool }; entity B = { x: Bool }; entity C = { x: Bool }; entity D = { x: Bool }; entity E = { x: Bool };
entity User;
action ask appliesTo { principal: [User], resource: [A, B, C, D, E] };
`;

/** Each type has a source of its own: two databases that fail, a mapping that does, and two services that repeat what they were sent. */
function settings(database: URL, service: string): string {
  const as = (user: string, password: string, port = database.port): string =>
    `postgres://${user}:${password}@127.0.0.1:${port}/postgres`;
  const sql = (type: string, url: string, table = "a") => ({
    kind: "sql",
    url,
    types: { [type]: { table, id: "id", attributes: { x: "x" } } },
  });
  const env = (name: string): string => `$\{env:${name}}`;
  const http = (type: string, url: string, headers: object) => ({
    kind: "http",
    headers,
    types: { [type]: { url, attributes: { x: "/x" } } },
  });
  return JSON.stringify({
    version: 1,
    policies: ".",
    sources: {
      refused: sql("A", env("REFUSED")),
      unreachable: sql("B", as("cordon", CANARY.unreachable, "1")),
      working: sql("C", env("WORKING"), "no_such_table"),
      echo: http("D", `${service}/echo?key=${env("QUERY")}&id={id}`, {
        Authorization: `Bearer ${env("HEADER")}`,
      }),
      broken: http("E", `${service}/broken/{id}`, { "X-Api-Key": CANARY.plain }),
    },
  });
}

/** The forms in which a secret could be written. */
function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString("base64").replace(/=+$/, "");
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), base64];
}

test("no secret of a source is in anything that the server says or keeps", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "cordon-canary-"));
  const database = await startPostgres();
  // A service that gives away whatever it hears.
  const service = createServer((request, response) => {
    const heard = JSON.stringify({ url: request.url, headers: request.headers });
    response.writeHead(request.url?.startsWith("/echo") ? 500 : 200, { "x-heard": heard });
    response.end(request.url?.startsWith("/echo") ? heard : `{"x": ${heard}, `);
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const at = new URL(database.url);
  const { port } = service.address() as AddressInfo;
  const role = `CREATE ROLE reader LOGIN PASSWORD '${CANARY.working}'; CREATE TABLE a (id text, x boolean)`;
  await database.query(role);
  const environment = {
    REFUSED: `postgres://cordon:${encodeURIComponent(CANARY.refused)}@127.0.0.1:${at.port}/postgres`,
    WORKING: `postgres://reader:${CANARY.working}@127.0.0.1:${at.port}/postgres`,
    HEADER: CANARY.header,
    QUERY: CANARY.query,
  };
  writeFileSync(join(folder, "schema.cedarschema"), SCHEMA);
  writeFileSync(join(folder, "a.cedar"), "permit (principal, action, resource) when { resource.x };");
  writeFileSync(join(folder, "cordon.yaml"), settings(at, `http://127.0.0.1:${port}`));
  const project = ["--project", folder];
  const said: string[] = [];
  try {
    const serving = await serve([...project, "--log-level", "debug"], environment);
    const ask = async (path: string, body?: object): Promise<string> => {
      const init = { method: "POST", headers: { "content-type": "application/json" } };
      const response = await fetch(
        `${serving.url}${path}`,
        body === undefined ? {} : { ...init, body: JSON.stringify(body) },
      );
      return `${JSON.stringify([...response.headers])}${await response.text()}`;
    };
    for (const type of ["A", "B", "C", "D", "E"]) {
      const request = {
        subject: { type: "User", id: "ann" },
        action: { name: "ask" },
        resource: { type, id: "1" },
        context: { credentials: { token: CANARY.token } },
      };
      const answer = await ask("/access/v1/evaluation?debug", request);
      assert.match(answer, /source_unavailable/, type);
      said.push(answer);
    }
    for (const path of ["/readyz", "/metrics", "/healthz"]) said.push(await ask(path));
    assert.equal(await serving.stop(), 0);
    said.push(serving.told.out, serving.told.error);
    for (const args of [
      ["explain", "User::ann", "ask", "C::1"],
      ["explain", "User::ann", "ask", "D::1", "--json"],
      ["sources", "list"],
      ["sources", "check"],
      ["log", "list", "--json"],
      ["check"],
      ["--debug", "ask", "User::ann", "ask", "A::1"],
    ]) {
      const { told, ended } = startCommand([...args, ...project], environment);
      await ended;
      assert.notEqual(told.out + told.error, "", args.join(" "));
      said.push(told.out, told.error);
    }
    // What is kept: the decisions, the bundle, the settings in it.
    for (const name of readdirSync(join(folder, ".cordon"))) {
      said.push(readFileSync(join(folder, ".cordon", name), "latin1"));
    }
    const all = said.join("\n");
    assert.match(all, /refused|unreachable/, "it was told what failed");
    for (const [name, secret] of Object.entries(CANARY)) {
      for (const form of formsOf(secret)) {
        const found = all.indexOf(form);
        const around = all.slice(Math.max(0, found - 200), found + 60);
        assert.equal(found, -1, `\`${name}\` is in: ${around}`);
      }
    }
  } finally {
    service.close();
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
