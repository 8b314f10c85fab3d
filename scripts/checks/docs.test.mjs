import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkData } from "./docs/data.mjs";
import { compareOutput, runShell } from "./docs/shell.mjs";
import { findSnippets } from "./docs/snippets.mjs";

const fence = "```";

/** @param {string} markdown */
async function shell(markdown) {
  const directory = mkdtempSync(join(tmpdir(), "cordon-docs-test-"));
  try {
    return await runShell(findSnippets("page.md", markdown), directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** @param {string} language @param {string} text @param {string} [directive] */
function block(language, text, directive) {
  return `${directive === undefined ? "" : `<!-- snippet: ${directive} -->\n`}${fence}${language}\n${text}\n${fence}\n`;
}

test("blocks of a document share one session, its files and its variables", async () => {
  const page = [
    block("sh", "NAME=ann"),
    block("json", '{"a":1}', "file a.json"),
    block("sh", 'test "$NAME" = ann\ncat a.json'),
  ];
  const outcome = await shell(page.join("\n"));
  assert.deepEqual(outcome.failures, []);
  assert.equal(outcome.passed, 3);
});

test("a failing command fails its block, with what it printed, and ends the document", async () => {
  const outcome = await shell(
    [block("sh", "true"), block("sh", "echo so far\nfalse\necho never"), block("sh", "true")].join("\n"),
  );
  assert.equal(outcome.passed, 1);
  assert.equal(outcome.failures.length, 1);
  assert.equal(outcome.failures[0]?.title, "page.md:5");
  assert.match(outcome.failures[0]?.detail ?? "", /so far\n[\s\S]*1 blocks after it not run/);
  assert.doesNotMatch(outcome.failures[0]?.detail ?? "", /^never$/m);
});

test("an expected exit code is met or the block fails", async () => {
  assert.equal((await shell(block("sh", "exit_two() { return 2; }\nexit_two", "exit 2"))).failures.length, 0);
  assert.equal((await shell(block("sh", "true", "exit 2"))).failures.length, 1);
});

test("the output shown is compared with the output printed", async () => {
  const page = (/** @type {string} */ shown) =>
    block("sh", "echo allow in 12 ms") + block("text", shown, "output");
  assert.equal((await shell(page("allow in … ms"))).failures.length, 0);
  assert.match((await shell(page("deny in … ms"))).failures[0]?.detail ?? "", /printed was\nallow in 12 ms/);
});

test("a server started with & is waited for, on a port that is free, and is gone afterwards", async () => {
  const directory = mkdtempSync(join(tmpdir(), "cordon-docs-test-"));
  const node = `"${process.execPath}"`;
  const server = `setTimeout(() => require("http").createServer((q, s) => s.end("up")).listen(process.argv[3]), 300);`;
  const page = [
    block("js", server, "file server.cjs"),
    block("sh", `${node} server.cjs --port 7070 &`),
    block("sh", `${node} -e 'fetch("http://127.0.0.1:7070").then(async (r) => console.log(await r.text()))'`),
    block("text", "up", "output"),
    block("sh", "echo PORT=7070 > port"),
  ];
  const outcome = await runShell(findSnippets("page.md", page.join("\n")), directory);
  const port = readFileSync(join(directory, "port"), "utf8").trim().replace("PORT=", "");
  rmSync(directory, { recursive: true });
  assert.deepEqual(outcome.failures, []);
  assert.notEqual(port, "7070");
  await assert.rejects(fetch(`http://127.0.0.1:${port}`));
});

test("a skipped block needs a reason and an unknown directive is refused", () => {
  assert.throws(() => findSnippets("page.md", block("sh", "true", "skip")), /`skip` needs a reason/);
  assert.throws(
    () => findSnippets("page.md", block("sh", "true", "skp because")),
    /unknown snippet directive `skp`/,
  );
});

test("broken data is found", async () => {
  const page = block("json", '{ "a": 1, }') + block("yaml", "a: [1") + block("json", "{}");
  const outcome = await checkData(findSnippets("page.md", page));
  assert.equal(outcome.passed, 1);
  assert.deepEqual(
    outcome.failures.map((failure) => failure.title),
    ["page.md:1", "page.md:4"],
  );
});

test("… stands for anything in an output, all else for itself", () => {
  const [shown] = findSnippets("page.md", block("text", "id … (a.b)\nend"));
  assert.ok(shown);
  assert.equal(compareOutput(shown, "id 77 (a.b)  \nend\n"), null);
  assert.notEqual(compareOutput(shown, "id 77 (aXb)\nend\n"), null);
});
