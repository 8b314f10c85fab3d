import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cordon, serve } from "../testing-internal/command.js";
import { projectWith } from "../testing-internal/project.js";
import { clinic } from "./testing-internal/clinic.js";
import { Editor } from "./testing-internal/editor.js";

const POLICIES = "policies/records.cedar";

interface Lens {
  range: { start: { line: number } };
  command: { title: string };
}

const titles = (lenses: readonly Lens[]) =>
  lenses.map(({ range, command }) => `${range.start.line + 1} ${command.title}`);

test("the server says what it can, and ends when told", async () => {
  const editor = new Editor(projectWith(clinic));
  const { capabilities, serverInfo } = (await editor.initialize()) as {
    capabilities: Record<string, unknown>;
    serverInfo: { name: string };
  };
  assert.equal(serverInfo.name, "cordon");
  for (const provider of [
    "completion",
    "hover",
    "definition",
    "references",
    "rename",
    "codeLens",
    "codeAction",
  ]) {
    assert.ok(capabilities[`${provider}Provider`], provider);
  }
  editor.write(POLICIES);
  assert.equal(await editor.end(), 0);
  assert.equal(editor.errors, "");
});

test("what isn't part of a project, or of this machine, is left alone", async () => {
  const editor = await Editor.open(clinic);
  const document = { languageId: "cedar", version: 1, text: "permit (" };
  editor.tell("textDocument/didOpen", { textDocument: { ...document, uri: "untitled:Untitled-1" } });
  const asked = { textDocument: { uri: "untitled:Untitled-1" }, position: { line: 0, character: 8 } };
  assert.equal(await editor.ask("textDocument/completion", asked), null);
  editor.write("notes.md", "permit (");
  assert.deepEqual(await editor.at("textDocument/completion", "notes.md", 8), []);
});

test("YAML in a folder of tests is ours only in a project; a policy is anywhere", async () => {
  const editor = await Editor.open({
    "tests/deploy.yaml": "kind: Deployment\n",
    "policies/rules.yaml": "a: 1\n",
    "inner/schema.cedarschema":
      "entity User, Doc;\naction read appliesTo { principal: User, resource: Doc };\n",
    "inner/policies/a.cedar": "permit (principal, action, resource);\n",
    "inner/tests/a.yaml": "kind: Deployment\n",
    "loose.cedar": "permit (principal, action;\n",
  });
  editor.write("tests/deploy.yaml");
  editor.write("loose.cedar");
  editor.write("inner/tests/a.yaml");
  await editor.until("inner/tests/a.yaml", (found) => found.some(({ code }) => code === "tests_unknown_key"));
  await editor.until("loose.cedar", (found) => found.some(({ code }) => code === "policy_syntax"));
  assert.deepEqual(editor.diagnostics("tests/deploy.yaml"), []);
  assert.equal(await editor.at("textDocument/completion", "tests/deploy.yaml", 0), null);
});

test("a file that appears on disk counts from then on", async () => {
  const editor = await Editor.open(clinic);
  editor.write(POLICIES);
  mkdirSync(join(editor.folder, "policies/more"));
  const path = "policies/more/again.cedar";
  writeFileSync(join(editor.folder, path), '@id("staff-read")\nforbid (principal, action, resource);\n');
  editor.tell("workspace/didChangeWatchedFiles", { changes: [{ uri: editor.uri(path), type: 1 }] });
  await editor.until(POLICIES, (found) => found.some(({ code }) => code === "policy_id_duplicate"));
});

test("each policy shows how many tests it decides and what it decided last, from the local log", async () => {
  const editor = await Editor.open(clinic);
  editor.write(POLICIES);
  const refreshed = editor.lensesRefreshed();
  await refreshed;
  assert.deepEqual(titles(await editor.about<Lens[]>("textDocument/codeLens", POLICIES)), [
    "3 1 test",
    "7 2 tests",
    "10 no test",
  ]);
  for (let asked = 0; asked < 2; asked++) {
    const question = ["Staff::ada", "record:read", "Record::r-1"];
    const { code } = await cordon(["ask", ...question, "--project", editor.folder]);
    assert.equal(code, 0);
  }
  const other = new Editor(editor.folder);
  await other.initialize();
  other.write(POLICIES);
  await other.lensesRefreshed();
  assert.deepEqual(titles(await other.about<Lens[]>("textDocument/codeLens", POLICIES)).slice(0, 3), [
    "3 1 test",
    '3 allow Staff::"ada" record:read Record::"r-1", just now, and 1 more of the last 500',
    "7 2 tests",
  ]);
  await other.end();
});

test("decisions come from a server where the settings name one, and nothing breaks without it", async () => {
  const folder = projectWith(clinic);
  const server = await serve(["--project", folder]);
  const body = JSON.stringify({
    subject: { type: "Staff", id: "ada" },
    action: { name: "record:read" },
    resource: { type: "Record", id: "r-1" },
  });
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${server.url}/access/v1/evaluation`, { method: "POST", headers, body });
  assert.equal(((await response.json()) as { decision: boolean }).decision, true);
  const editor = await Editor.open(clinic, { initializationOptions: { server: { url: server.url } } });
  editor.write(POLICIES);
  await editor.lensesRefreshed();
  const shown = titles(await editor.about<Lens[]>("textDocument/codeLens", POLICIES));
  assert.equal(shown[1], '3 allow Staff::"ada" record:read Record::"r-1", just now');
  await server.stop();
  editor.tell("workspace/didChangeConfiguration", {
    settings: { cordon: { server: { url: "http://127.0.0.1:9" } } },
  });
  assert.deepEqual(titles(await editor.about<Lens[]>("textDocument/codeLens", POLICIES)).slice(0, 2), [
    "3 1 test",
    "7 2 tests",
  ]);
});
