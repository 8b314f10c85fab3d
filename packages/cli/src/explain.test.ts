import assert from "node:assert/strict";
import { test } from "node:test";
import { cordon, serve } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

const folder = projectWith(shop);
const BUDGET = ["User::ann", "document:read", "Document::budget"];

const FORBIDDEN = `DENY  1 policy forbids it, though 1 policy permits it

secret-stays-home  forbids  policies/documents.cedar:11:1
  “secret documents are not read abroad”
  ✓ when resource.secret  policies/documents.cedar:14:8
  ✓ unless  policies/documents.cedar:15:10
    ✓ context has country: false
    · context.country == "DE"

It would be allowed if
  • \`context.country\` is absent, must equal \`"DE"\`
      then permitted by team-reads
      no longer forbidden by secret-stays-home
  or if
  • \`resource.secret\` is \`true\`, must be \`false\`
      then permitted by team-reads
      no longer forbidden by secret-stays-home

3 other policies: 1 applies, but does not decide, 2 are about other actions`;

async function explain(args: string[], input?: string) {
  return cordon(["explain", ...args], { cwd: folder, ...(input === undefined ? {} : { input }) });
}

/** Makes a decision, which goes into the log, and gives its id. */
async function decided(args: string[]): Promise<string> {
  const { stdout } = await cordon(["ask", ...args, "--json"], { cwd: folder });
  return (JSON.parse(stdout) as { id: string }).id;
}

test("a question is explained with what would turn the answer, and is not logged", async () => {
  const { code, stdout, stderr } = await explain(BUDGET);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(stdout, `${FORBIDDEN}\n`);
  const log = await cordon(["log"], { cwd: folder });
  assert.ok(!log.stdout.includes("budget"));
});

test("a logged decision is explained from its record", async () => {
  const id = await decided(BUDGET);
  const { code, stdout } = await explain([id]);
  assert.equal(code, 0);
  assert.ok(stdout.startsWith(FORBIDDEN), stdout);
  assert.match(stdout, new RegExp(`\\ndecision ${id} of \\S+, by the facts that its record holds\\n$`));
});

test("as JSON, the changes are data", async () => {
  const { stdout } = await explain([...BUDGET, "--json"]);
  const { decision, reasonCode, explanation, turnedBy } = JSON.parse(stdout);
  assert.deepEqual([decision, reasonCode, explanation.decision], ["deny", "forbidden", "deny"]);
  assert.deepEqual(turnedBy.suggestions[0].changes, [
    { kind: "set", path: "context.country", entity: null, at: ["country"], tag: false, to: "DE" },
  ]);
  assert.deepEqual([turnedBy.complete, turnedBy.bounds], [true, []]);
});

test("context, time and what-if are taken", async () => {
  const night = await explain([
    "User::ann",
    "document:share",
    "Document::plan",
    "--at",
    "2026-11-24T03:00:00Z",
  ]);
  assert.match(night.stdout, /• `context\.now` is `datetime\("2026-11-24T03:00:00Z"\)`, must be such that/);
  const abroad = await explain([...BUDGET, "--context", '{"country": "DE"}', "--what-if", "deny"]);
  assert.match(abroad.stdout, /^ALLOW {2}1 policy permits it/);
  assert.match(abroad.stdout, /It would be denied if\n {2}• `context\.country` is `"DE"`, must be absent/);
  assert.ok(!(await explain(BUDGET.with(2, "Document::plan"))).stdout.includes("It would be"));
});

test("what can't be explained is told with what to do", async () => {
  const cases: [string[], string, string][] = [
    [["User::ann", "document:read"], "expected one argument or three, got 2", "give the id of a decision"],
    [["no-such-id"], "there is no decision `no-such-id` in the log", "`cordon log` lists the latest"],
    [["no-such-id", "--at", "2h"], "`--at` can't be used with the id of a decision", "is in its record"],
    [[...BUDGET, "--what-if", "maybe"], "invalid decision `maybe` for `--what-if`", "give `allow` or `deny`"],
  ];
  for (const [args, message, help] of cases) {
    const { code, stderr } = await explain(args);
    assert.equal(code, 2);
    assert.ok(stderr.startsWith(`error: ${message}\n`), stderr);
    assert.ok(stderr.includes(help), stderr);
  }
});

test("`cordon ask --why` ends with the one nearest change", async () => {
  const { code, stdout } = await cordon(["ask", ...BUDGET, "--why"], { cwd: folder });
  assert.equal(code, 1);
  assert.ok(
    stdout.endsWith(
      '\n\nsmallest change  `context.country` is absent, must equal `"DE"`\n`cordon explain` shows other ways\n',
    ),
    stdout,
  );
});

test("a server is asked, and its log tells what the decision rested on", async () => {
  const server = await serve(["--project", folder]);
  try {
    const { code, stdout, stderr } = await cordon(["explain", ...BUDGET, "--server", server.url]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.ok(stdout.startsWith(FORBIDDEN), stdout);
  } finally {
    await server.stop();
  }
});
