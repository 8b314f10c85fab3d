import assert from "node:assert/strict";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { cordon, serve } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

const question = ["User::ann", "document:read", "Document::plan"];

test("says where it listens when it is ready, serves, and ends well on SIGTERM", async () => {
  const folder = projectWith(shop);
  const server = await serve(["--project", folder]);
  assert.match(server.told.stdout, /^listening on http:\/\/127\.0\.0\.1:\d+\n$/);
  const asked = await cordon(["ask", ...question, "--server", server.url]);
  assert.deepEqual([asked.code, asked.stderr], [0, ""]);
  assert.match(asked.stdout, /^ALLOW /);
  const why = await cordon([
    "ask",
    "User::ann",
    "document:read",
    "Document::budget",
    "--server",
    server.url,
    "--why",
  ]);
  assert.equal(why.code, 1);
  assert.match(why.stdout, /secret-stays-home/);
  assert.equal(await server.stop(), 0);
  assert.match(server.told.stdout, /^listening on \S+\n$/);
  const lines = server.told.stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.ok(lines.some(({ msg }) => msg === "serving"));
  assert.equal(lines.at(-1).msg, "closed");
});

test("its log can be read from outside, and followed", async () => {
  const folder = projectWith(shop);
  const server = await serve(["--project", folder]);
  await cordon(["ask", ...question, "--server", server.url]);
  const listed = await cordon(["log", "--server", server.url, "--json"]);
  const record = JSON.parse(listed.stdout);
  assert.equal(record.decision, "allow");
  const beside = await cordon(["log", "--json"], { cwd: folder });
  assert.equal(beside.stdout, listed.stdout);
  const shown = await cordon(["log", "show", record.id, "--why", "--server", server.url]);
  assert.equal(shown.code, 0);
  assert.match(shown.stdout, /the same.*team-reads/s);
  const verified = await cordon(["log", "verify", "--server", server.url]);
  assert.match(verified.stdout, /^INTACT {2}1 record verified\n/);
  const other = await cordon(["log", "verify", "--pin", `1:${"0".repeat(64)}`, "--server", server.url]);
  assert.equal(other.code, 1);
  const missing = await cordon(["log", "show", "nothing", "--server", server.url]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /^error: there is no decision `nothing`/);
  assert.equal(await server.stop("SIGINT"), 0);
});

test("needs a key as soon as there is one, and the right scope", async () => {
  const folder = projectWith(shop);
  const key = (await cordon(["keys", "create", "app"], { cwd: folder })).stdout.trim();
  const server = await serve(["--project", folder]);
  const ask = (args: string[], env: Record<string, string> = {}) =>
    cordon(["ask", ...question, "--server", server.url, ...args], { env });
  const without = await ask([]);
  assert.equal(without.code, 2);
  assert.match(without.stderr, /^error: the server answered 401: there is no API key\n {2}help: /);
  assert.equal((await ask(["--key", key])).code, 0);
  assert.equal((await ask([], { CORDON_KEY: key })).code, 0);
  const why = await ask(["--key", key, "--why"]);
  assert.equal(why.code, 2);
  assert.match(why.stderr, /^error: the server answered 403: the key `app` lacks the scope/);
  await cordon(["keys", "revoke", "app"], { cwd: folder });
  assert.equal((await ask(["--key", key])).code, 2);
  const { stdout } = await cordon(["log", "--caller", "app", "--json"], { cwd: folder });
  assert.equal(stdout.trim().split("\n").length, 2);
  await server.stop();
});

test("an edit takes effect while it runs, and not with --no-watch", async () => {
  const [watched, fixed] = [projectWith(shop), projectWith(shop)];
  const servers = [await serve(["--project", watched]), await serve(["--project", fixed, "--no-watch"])];
  for (const folder of [watched, fixed]) {
    writeFileSync(
      join(folder, "policies", "stop.cedar"),
      '@id("stop")\nforbid (principal, action, resource);\n',
    );
  }
  await until(() => /reload|loaded/i.test(servers[0]?.told.stderr ?? ""));
  const answers = await Promise.all(
    servers.map((server) => cordon(["ask", ...question, "--server", server.url, "--json"])),
  );
  assert.deepEqual(
    answers.map(({ code }) => code),
    [1, 0],
  );
  await Promise.all(servers.map((server) => server.stop()));
});

test("--log off writes no decision, but keys still work", async () => {
  const folder = projectWith(shop);
  const server = await serve(["--project", folder, "--log", "off"]);
  assert.equal((await cordon(["ask", ...question, "--server", server.url])).code, 0);
  const listed = await cordon(["log", "--server", server.url]);
  assert.equal(listed.code, 2);
  assert.match(listed.stderr, /writes no decision log/);
  await cordon(["keys", "create", "app"], { cwd: folder });
  assert.equal((await cordon(["ask", ...question, "--server", server.url])).code, 2);
  await server.stop();
});

test("a second signal doesn't wait for what is in flight", async () => {
  const folder = projectWith(shop);
  const server = await serve(["--project", folder]);
  // A request that never ends keeps the first signal waiting.
  const hanging = request(`${server.url}/access/v1/evaluation`, {
    method: "POST",
    headers: { "content-length": 9 },
  });
  hanging.on("error", () => {});
  hanging.write("{");
  await new Promise((resolve) => setTimeout(resolve, 200));
  const ended = server.stop("SIGTERM");
  await until(() => server.told.stderr.includes("closing"));
  const second = Date.now();
  server.child.kill("SIGTERM");
  assert.equal(await ended, 1);
  assert.ok(Date.now() - second < 2_000);
});

test("lines for people with --pretty", async () => {
  const server = await serve(["--project", projectWith(shop), "--pretty"]);
  await server.stop();
  assert.match(
    server.told.stderr,
    /^\d\d:\d\d:\d\d\.\d{3} info {2}serving project=\S+ bundle=[0-9a-f]{64} /m,
  );
  assert.doesNotMatch(server.told.stderr, /^\{/m);
});

const faults: [name: string, args: string[], message: RegExp][] = [
  ["no port", ["--port", "99999"], /^error: `99999` is not a port\n {2}help: \S/],
  ["half of TLS", ["--tls-key", "key.pem"], /^error: `--tls-cert` is missing\n {2}help: \S/],
  [
    "a key that isn't there",
    ["--tls-key", "key.pem", "--tls-cert", "cert.pem"],
    /^error: the TLS key `.*key\.pem` can't be read\n {2}help: \S/m,
  ],
  [
    "a log mode that is none",
    ["--log", "maybe"],
    /^error: `maybe` is not a value of `--log`\n {2}help: use `durable`, `buffered`, `off`\n/,
  ],
  ["a log level that is none", ["--log-level", "loud"], /^error: `loud` is not a value of `--log-level`\n/],
  [
    "others without a key",
    ["--host", "0.0.0.0"],
    /error: `0\.0\.0\.0` can be reached from other machines, but there is no API key\n {2}help: \S/,
  ],
];

for (const [name, args, message] of faults) {
  test(`${name}: said clearly, exit 2`, async () => {
    const folder = projectWith(shop);
    const { code, stdout, stderr } = await cordon(["serve", "--port", "0", ...args], { cwd: folder });
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n\s+at /);
    assert.equal(stdout, "");
    assert.equal(code, 2);
  });
}

test("a port in use is said clearly, exit 2", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as { port: number };
  const { code, stderr } = await cordon(["serve", "--port", String(port)], { cwd: projectWith(shop) });
  taken.close();
  assert.equal(code, 2);
  assert.match(stderr, new RegExp(`error: \`127\\.0\\.0\\.1:${port}\` is in use\\n {2}help: \\S`));
});

test("a store that can't be opened is said clearly, exit 2", async () => {
  const folder = projectWith({
    ...shop,
    ".cordon/cordon.db": "this is not a database, though it is long enough to look",
  });
  const { code, stderr } = await cordon(["serve", "--port", "0"], { cwd: folder });
  assert.equal(code, 2);
  assert.match(stderr, /^error: .*cordon\.db/m);
  assert.doesNotMatch(stderr, /\n\s+at /);
  rmSync(join(folder, ".cordon"), { recursive: true });
  assert.equal(existsSync(join(folder, ".cordon")), false);
});

async function until(holds: () => boolean, patienceMs = 5_000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error("it never came to hold");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
