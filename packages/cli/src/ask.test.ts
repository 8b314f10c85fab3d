import assert from "node:assert/strict";
import { createSign, generateKeyPairSync } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cordon } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

const noon = ["--at", "2026-11-24T12:00:00Z"];

test("an allow says so, by which policy and why, and exits with 0", async () => {
  const folder = projectWith(shop);
  const { code, stdout, stderr } = await cordon(["ask", "User::ann", "document:read", "Document::plan"], {
    cwd: folder,
  });
  assert.equal(stderr, "");
  const [answer, policies, obligations, decision] = stdout.split("\n");
  assert.match(answer ?? "", /^ALLOW {2}\S/);
  assert.match(
    policies ?? "",
    /^ {2}policies +permit {2}team-reads {2}everybody in the team reads its documents$/,
  );
  assert.match(obligations ?? "", /^ {2}obligations +watermark \(team-reads\)$/);
  assert.match(decision ?? "", /^ {2}decision [0-9a-f-]{36} by bundle [0-9a-f]{12}$/);
  assert.equal(code, 0);
});

test("a deny by forbid names the policy and exits with 1", async () => {
  const folder = projectWith(shop);
  const { code, stdout } = await cordon(
    ["ask", 'User::"ann"', 'Action::"document:read"', 'Document::"budget"'],
    { cwd: folder },
  );
  assert.equal(code, 1);
  assert.match(stdout, /^DENY {2}/);
  assert.match(stdout, /forbid {2}secret-stays-home {2}secret documents are not read abroad/);
});

test("a deny by default exits with 1", async () => {
  const folder = projectWith(shop);
  const { code, stdout } = await cordon(["ask", "User::bob", "document:read", "Document::plan"], {
    cwd: folder,
  });
  assert.equal(code, 1);
  assert.match(stdout, /^DENY {2}/);
});

test("context comes as text, from a file, or from standard input", async () => {
  const folder = projectWith({ ...shop, "context.json": '{"country": "DE"}' });
  const question = [
    "ask",
    "User::ann",
    "document:read",
    "Document::budget",
    "--project",
    folder,
    "--context",
  ];
  assert.equal((await cordon([...question, '{"country":"DE"}'])).code, 0);
  assert.equal((await cordon([...question, '{"country":"FR"}'])).code, 1);
  assert.equal((await cordon([...question, "@context.json"], { cwd: folder })).code, 0);
  assert.equal((await cordon([...question, "@-"], { input: '{"country":"DE"}' })).code, 0);
});

test("a token comes from a file or from standard input, and says who asks", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: "https://id.example.com", aud: "shop", sub: "ann", exp: 4_102_444_800 };
  const input = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}`;
  const token = `${input}.${createSign("RSA-SHA256").update(input).sign(privateKey, "base64url")}`;
  const cwd = projectWith({
    ...shop,
    "issuer.pem": String(publicKey.export({ type: "spki", format: "pem" })),
    "cordon.yaml": `sources:
  idp:
    kind: token
    issuer: https://id.example.com
    audience: shop
    keys: issuer.pem
    principal: { type: User }
`,
    "token.jwt": `${token}\n`,
  });
  const ask = async (who: string, args: string[], stdin = "") => {
    const question = ["ask", who, "document:read", "Document::plan", ...args];
    const { stdout, stderr } = await cordon(question, { cwd, input: stdin });
    assert.ok(!`${stdout}${stderr}`.includes(token));
    return stdout.split("\n")[0];
  };
  assert.match((await ask("User::ann", ["--token-file", "token.jwt"])) ?? "", /^ALLOW/);
  assert.match((await ask("User::ann", ["--token-file", "-"], token)) ?? "", /^ALLOW/);
  assert.match(
    (await ask("User::bob", ["--token-file", "token.jwt"])) ?? "",
    /^DENY {2}.*about `User::"ann"`/,
  );
  assert.match((await ask("User::ann", ["--ip", "192.0.2.1"])) ?? "", /^DENY {2}.*no token/);
  for (const [command, resource] of [
    ["explain", "Document::plan"],
    ["plan", "Document"],
  ] as const) {
    const question = [command, "User::ann", "document:read", resource, "--token-file", "token.jwt"];
    const { stdout } = await cordon(question, { cwd });
    assert.doesNotMatch(stdout, /no token|DENY/, stdout);
  }
});

test("--at asks as if it were another time", async () => {
  const folder = projectWith(shop);
  const question = ["ask", "User::ann", "document:share", "Document::plan", "--project", folder];
  const night = await cordon([...question, "--at", "2026-11-24T03:00:00Z"]);
  assert.equal(night.code, 1);
  assert.match(night.stdout, /no-nights/);
  assert.equal((await cordon([...question, ...noon])).code, 0);
  assert.ok(!existsSync(join(folder, ".cordon")), "an answer as of another time is not in the log");
});

test("--why explains clause by clause", async () => {
  const folder = projectWith(shop);
  const { code, stdout } = await cordon(["ask", "User::ann", "document:read", "Document::budget", "--why"], {
    cwd: folder,
  });
  assert.equal(code, 1);
  assert.match(stdout, /^DENY /);
  assert.match(stdout, /\n\n.*secret-stays-home.*resource\.secret/s);
});

test("--json prints the decision and, with --why, the explanation", async () => {
  const folder = projectWith(shop);
  const question = ["ask", "User::ann", "document:read", "Document::plan", "--project", folder, "--json"];
  const decision = JSON.parse((await cordon(question)).stdout);
  assert.equal(decision.decision, "allow");
  assert.equal(decision.reason.code, "permitted");
  assert.deepEqual(decision.policies, [
    { id: "team-reads", effect: "permit", reason: "everybody in the team reads its documents" },
  ]);
  assert.equal(decision.explanation, undefined);
  const explained = JSON.parse((await cordon([...question, "--why"])).stdout);
  assert.equal(explained.explanation.policies[0].policyId, "team-reads");
});

test("a decision is logged as asked by `cordon ask`, unless --no-log", async () => {
  const folder = projectWith(shop);
  const question = ["ask", "User::ann", "document:read", "Document::plan", "--project", folder];
  await cordon([...question, "--no-log"]);
  assert.equal(existsSync(join(folder, ".cordon")), false);
  await cordon(question);
  const { stdout } = await cordon(["log", "--project", folder, "--json"]);
  const records = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(records.length, 1);
  assert.equal(records[0].caller, "cordon ask");
});

const faults: [name: string, args: string[], message: RegExp, help: RegExp][] = [
  [
    "an entity that is none",
    ["ask", "ann", "document:read", "Document::plan"],
    /^error: principal `ann` is not an entity$/,
    /^ {2}help: write the type and the id: `User::ann`/,
  ],
  [
    "an empty action",
    ["ask", "User::ann", "", "Document::plan"],
    /^error: the action is empty$/,
    /^ {2}help: write its name/,
  ],
  [
    "a time that is none",
    ["ask", "User::ann", "document:read", "Document::plan", "--at", "2026-02-30T00:00:00Z"],
    /^error: invalid time `2026-02-30T00:00:00Z` for `--at`$/,
    /^ {2}help: use RFC 3339/,
  ],
  [
    "context that is no object",
    ["ask", "User::ann", "document:read", "Document::plan", "--context", "[1]"],
    /^error: `--context` is not a JSON object$/,
    /^ {2}help: write members in braces/,
  ],
  [
    "context from nowhere",
    ["ask", "User::ann", "document:read", "Document::plan", "--context", "@nowhere.json"],
    /^error: can't read `--context` from `nowhere\.json`$/,
    /^ {2}help: ENOENT/,
  ],
  [
    "context of the wrong type",
    ["ask", "User::ann", "document:read", "Document::plan", "--context", '{"country": 7}'],
    /^error: .* at `\/context\/country`$/,
    /^( {2}help: \S.*)?$/,
  ],
  [
    "an option of the folder beside a server",
    ["ask", "User::ann", "document:read", "Document::plan", "--server", "http://127.0.0.1:1", "--at", "2h"],
    /^error: `--at` can't be used with `--server`$/,
    /^ {2}help: the server decides by its own/,
  ],
  [
    "a server that isn't there",
    ["ask", "User::ann", "document:read", "Document::plan", "--server", "http://127.0.0.1:1"],
    /^error: can't reach `http:\/\/127\.0\.0\.1:1`: /,
    /^ {2}help: check the address/,
  ],
  [
    "an address that is none",
    ["ask", "User::ann", "document:read", "Document::plan", "--server", "localhost"],
    /^error: `localhost` is not a URL$/,
    /^ {2}help: give a URL/,
  ],
];

for (const [name, args, message, help] of faults) {
  test(`${name} exits with 2 and says what to do`, async () => {
    const { code, stdout, stderr } = await cordon(args, { cwd: projectWith(shop) });
    const [first = "", second = ""] = stderr.split("\n");
    assert.match(first, message);
    assert.match(second, help);
    assert.doesNotMatch(stderr, /\n\s+at /);
    assert.equal(stdout, "");
    assert.equal(code, 2);
  });
}

test("broken JSON in --context is shown at its place", async () => {
  const folder = projectWith(shop);
  const args = ["ask", "User::ann", "document:read", "Document::plan", "--context", '{"country": DE}'];
  const { code, stderr } = await cordon(args, { cwd: folder });
  assert.equal(code, 2);
  const lines = stderr.split("\n");
  assert.match(lines[0] ?? "", /^error: invalid JSON in `--context`: /);
  assert.equal(lines[2], '    {"country": DE}');
  assert.equal(lines[3], "                ^");
});

test("--debug shows where an error came from", async () => {
  const { stderr } = await cordon(["ask", "ann", "read", "Document::plan", "--debug"], {
    cwd: projectWith(shop),
  });
  assert.match(stderr, /\n\s+at .*arguments.entity/);
});

test("an unknown type is denied with a reason, not an error", async () => {
  const { code, stdout } = await cordon(["ask", "Robot::r2", "document:read", "Document::plan"], {
    cwd: projectWith(shop),
  });
  assert.equal(code, 1);
  assert.match(stdout, /^DENY {2}.*`Robot`/);
});

test("colour follows --color, NO_COLOR and FORCE_COLOR", async () => {
  const folder = projectWith(shop);
  const question = ["ask", "User::ann", "document:read", "Document::plan", "--no-log"];
  const colorStart = "\u001b[";
  const colored = async (args: string[], env: Record<string, string> = {}) =>
    (await cordon([...question, ...args], { cwd: folder, env })).stdout.includes(colorStart);
  assert.equal(await colored([]), false);
  assert.equal(await colored(["--color"]), true);
  assert.equal(await colored([], { FORCE_COLOR: "1" }), true);
  assert.equal(await colored([], { FORCE_COLOR: "1", NO_COLOR: "1" }), false);
  assert.equal(await colored(["--no-color"], { FORCE_COLOR: "1" }), false);
});

test("ids with control characters can't write on the terminal", async () => {
  const folder = projectWith(shop);
  writeFileSync(
    join(folder, "policies", "evil.cedar"),
    '@id("evil")\n@reason("\\u{1b}[2Jgone")\npermit (principal, action, resource);\n',
  );
  const { stdout } = await cordon(["ask", "User::bob", "document:read", "Document::plan"], { cwd: folder });
  assert.match(stdout, /\\u\{1b\}\[2Jgone/);
  assert.equal(stdout.includes("\u001b"), false);
});
