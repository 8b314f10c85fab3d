import assert from "node:assert/strict";
import { test } from "node:test";
import { cordon } from "../testing-internal/command.js";
import { clinic } from "./testing-internal/clinic.js";
import { Editor, type Found } from "./testing-internal/editor.js";

const POLICIES = "policies/records.cedar";
const codes = (found: readonly Found[]) => found.map(({ code }) => code).sort();

test("an editor sees what `cordon check` says, of every file of the project", async () => {
  const editor = await Editor.open(clinic);
  editor.write(POLICIES);
  await editor.until(POLICIES, (found) => codes(found).includes("untested_policy"));
  const { stdout } = await cordon(["check", "--project", editor.folder, "--json"]);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { file: string; code: string; range: { start: { line: number } } }[];
  };
  assert.ok(diagnostics.length > 3);
  for (const path of Object.keys(clinic)) {
    const expected = diagnostics.filter(({ file }) => file === path);
    assert.deepEqual(
      editor
        .diagnostics(path)
        .map(({ code, range }) => `${code}:${range.start.line + 1}`)
        .sort(),
      expected.map(({ code, range }) => `${code}:${range.start.line}`).sort(),
      path,
    );
  }
});

test("mistakes show while they are typed and go when they are mended", async () => {
  const editor = await Editor.open(clinic);
  const text = clinic[POLICIES] ?? "";
  editor.write(POLICIES);
  editor.write(POLICIES, text.replace("principal.level > 2", "principal.lefel > 2"));
  const [found] = (await editor.until(POLICIES, (all) => codes(all).includes("unknown_attribute"))).filter(
    ({ code }) => code === "unknown_attribute",
  );
  assert.equal(found?.severity, 1);
  assert.match(found?.message ?? "", /^attribute `lefel` .* not found/);
  assert.deepEqual(found?.range, { start: { line: 7, character: 47 }, end: { line: 7, character: 62 } });
  editor.write(POLICIES, text);
  await editor.until(POLICIES, (all) => !codes(all).includes("unknown_attribute"));
});

test("an id that another file has, an unknown policy in a test, a bad setting", async () => {
  const editor = await Editor.open(clinic);
  const shared = "policies/shared.cedar";
  editor.write(shared, (clinic[shared] ?? "").replace("shared-with", "staff-read"));
  await editor.until(shared, (all) => codes(all).includes("policy_id_duplicate"));
  editor.write(shared, clinic[shared]);
  await editor.until(shared, (all) => !codes(all).includes("policy_id_duplicate"));
  const tests = "tests/records.yaml";
  editor.write(tests, (clinic[tests] ?? "").replace("[staff-read]", "[staff-reads]"));
  const [unknown] = await editor.until(tests, (all) => codes(all).includes("tests_unknown_policy"));
  assert.equal(
    unknown?.message,
    "`cases[0].expect.policies[0]` names a policy that the project hasn't: `staff-reads`\nhelp: did you mean `staff-read`?",
  );
  editor.write("cordon.yaml", `${clinic["cordon.yaml"]}log: { mode: sometimes }\n`);
  await editor.until("cordon.yaml", (all) => codes(all).includes("settings_invalid"));
});

test("keys pressed one by one, in a file with other line ends and characters of two units", async () => {
  const editor = await Editor.open(clinic);
  const text = '// 😀 é\r\npermit (principal is Staff, action, resource)\r\nwhen { "😀" == principal. };\r\n';
  editor.write(POLICIES, text);
  const dot = text.indexOf("principal.") + "principal.".length;
  for (const [at, key] of [..."name2"].entries()) editor.edit(POLICIES, dot + at, dot + at, key);
  const items = await editor.at<{ label: string }[]>("textDocument/completion", POLICIES, dot + 2);
  assert.ok(items.some(({ label }) => label === "name"));
  const found = await editor.until(POLICIES, (all) => codes(all).includes("unknown_attribute"));
  const range = found.find(({ code }) => code === "unknown_attribute")?.range;
  assert.deepEqual(range, { start: { line: 2, character: 15 }, end: { line: 2, character: 30 } });
  editor.edit(POLICIES, dot + 4, dot + 5, "");
  await editor.until(POLICIES, (all) => !codes(all).some((code) => /unknown|syntax/.test(code)));
});

test("a test that fails is an error at its place once the file is saved", async () => {
  const editor = await Editor.open({
    ...clinic,
    "tests/records.yaml": (clinic["tests/records.yaml"] ?? "").replace("decision: allow", "decision: deny"),
  });
  editor.write("tests/records.yaml");
  const [failed] = await editor.until("tests/records.yaml", (all) => codes(all).includes("test_failed"));
  assert.equal(failed?.range.start.line, 1);
});

test("what is closed without being saved is as it was on disk", async () => {
  const editor = await Editor.open(clinic);
  editor.write(POLICIES);
  editor.write(POLICIES, "permit (");
  await editor.until(POLICIES, (all) => codes(all).includes("policy_syntax"));
  editor.tell("textDocument/didClose", { textDocument: { uri: editor.uri(POLICIES) } });
  await editor.until(POLICIES, (all) => !codes(all).includes("policy_syntax"));
});

test("a finding that can be mended is, by a code action", async () => {
  const editor = await Editor.open({
    ...clinic,
    [POLICIES]: (clinic[POLICIES] ?? "").replace("principal.level > 2", 'principal["level"] > 2'),
  });
  editor.write(POLICIES);
  const found = await editor.until(POLICIES, (all) => all.length > 0);
  interface Action {
    diagnostics: Found[];
    edit: { changes: Record<string, { newText: string }[]> };
  }
  const actions = await editor.about<Action[]>("textDocument/codeAction", POLICIES, {
    range: { start: { line: 0, character: 0 }, end: { line: 20, character: 0 } },
    context: { diagnostics: found },
  });
  assert.ok(actions.length > 0, JSON.stringify(found));
  for (const { diagnostics, edit } of actions) {
    assert.equal(diagnostics.length, 1);
    assert.deepEqual(Object.keys(edit.changes), [editor.uri(POLICIES)]);
  }
});

/** Policies that share a shape and nothing else. */
function manyPolicies(count: number): Record<string, string> {
  const files: Record<string, string> = {
    "schema.cedarschema": `entity Team;
entity User in [Team] { level: Long };
entity Doc { size: Long, label: String };
action "read", "write" appliesTo { principal: User, resource: Doc, context: { ip?: ipaddr } };
`,
  };
  for (let at = 0; at < count; at++) {
    const path = `policies/part-${Math.floor(at / 50)}.cedar`;
    files[path] = `${files[path] ?? ""}@id("policy-${at}")
@reason("Because of ${at}.")
permit (principal in Team::"team-${at}", action == Action::"${at % 2 === 0 ? "read" : "write"}", resource)
when { resource.size > ${at} && principal.level >= ${at % 7} && resource.label == "label ${at}" };

`;
  }
  return files;
}

test("an edit among 5,000 policies shows within 150 ms, and completions don't wait for checks", async (t) => {
  const files = manyPolicies(5_000);
  const editor = await Editor.open(files);
  const path = "policies/part-7.cedar";
  const text = files[path] ?? "";
  const at = text.indexOf("principal.level") + "principal.".length;
  editor.write(path);
  const asked = performance.now();
  const items = await editor.at<{ label: string }[]>("textDocument/completion", path, at);
  const completed = performance.now() - asked;
  assert.equal(items[0]?.label, "level");
  editor.write(path, text.replace("principal.level", "principal.lefel"));
  await editor.until(path, (all) => codes(all).includes("unknown_attribute"), 120_000);
  const times: number[] = [];
  for (let round = 0; round < 16; round++) {
    const isBad = round % 2 === 1;
    const started = performance.now();
    editor.write(
      path,
      text.replace(
        "principal.level",
        `${isBad ? "principal.lefel" : "principal.level"} > ${round} && principal.level`,
      ),
    );
    await editor.until(path, (all) => codes(all).includes("unknown_attribute") === isBad);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const [best = 0, median = 0] = [times[0], times[times.length >> 1]];
  t.diagnostic(
    `first completion ${completed.toFixed(0)} ms; edits: best ${best.toFixed(0)} ms, median ${median.toFixed(0)} ms`,
  );
  // The best of them, since other work on the machine slows the others down.
  assert.ok(best < 150, `the best of ${times.length} edits took ${best.toFixed(0)} ms`);
  assert.ok(completed < 5_000, `a completion waited ${completed.toFixed(0)} ms for the first check`);
});
