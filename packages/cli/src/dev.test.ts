import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkFolder } from "@cordon/analysis/check";
import type { StoredRecord } from "@cordon/pdp";
import pc from "picocolors";
import { type KeyActions, listenToKeys } from "./dev/keys.js";
import { cut, drawPage, drawScreen } from "./dev/screen.js";
import { ScreenView } from "./dev/screen-view.js";
import { type DevState, initialState, lastDeny, withDecision } from "./dev/state.js";
import { binary, cordon } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

const plain = pc.createColors(false);
const tests = `cases:
  - { name: ann reads, principal: User::ann, action: document:read, resource: Document::plan, expect: allow }
`;
const project = { ...shop, "tests/reads.yaml": tests };
const documents = shop["policies/documents.cedar"] ?? assert.fail();

function record(decision: "allow" | "deny", id: string): StoredRecord {
  return {
    id,
    time: new Date(2026, 10, 24, 12, 0, 0).toISOString(),
    decision,
    reasonCode: "no_permit",
    policies: decision === "allow" ? ["team-reads"] : [],
    request: {
      principal: { type: "User", id: "ann" },
      action: { type: "Action", id: "document:read" },
      resource: { type: "Document", id: "plan" },
    },
  } as unknown as StoredRecord;
}

async function stateOf(files: Record<string, string>): Promise<DevState> {
  const report = await checkFolder(projectWith(files));
  const moment = new Date(2026, 10, 24, 11, 59, 58);
  return {
    ...initialState("/srv/shop"),
    url: "http://127.0.0.1:8181",
    bundle: { id: "0123456789abcdef", policies: 4, entities: 5, loadedAt: moment, stale: null },
    checked: { report, at: moment },
  };
}

test("the screen shows what is known now", async () => {
  const reading = tests.replace("expect: allow", "expect: deny");
  const broken = { ...project, "tests/reads.yaml": reading };
  let state = await stateOf(broken);
  state = withDecision(withDecision(state, record("deny", "d1")), record("allow", "d2"));
  const shown = drawScreen(state, { width: 100, height: 15 }, plain).replace(/in \d+ ms/, "in 9 ms");
  assert.equal(
    shown,
    ` cordon dev  shop

 serving  http://127.0.0.1:8181
 bundle   0123456789ab  4 policies, 5 entities  since 11:59:58
 check    3 warnings  at 11:59:58
 tests    ✗ 1 failed, 0 passed in 9 ms

  ✗ the test \`ann reads\` fails: decision is allow, expected deny  tests/reads.yaml:2:5
  ! no test sees \`owner-shares\` determine an answer  policies/documents.cedar:8:1
  and 2 more: press p

  12:00:00  deny   User::"ann"  document:read  Document::"plan"  no_permit
  12:00:00  allow  User::"ann"  document:read  Document::"plan"  team-reads

 q quit   c clear decisions   w why the last deny   p problems in full   r check again`,
  );
});

test("while nothing can be served, and after it could, the screen says so", async () => {
  const waiting = drawScreen(initialState("/srv/shop"), { width: 80, height: 10 }, plain);
  assert.match(waiting, /\n serving {2}waiting for a project without errors\n check {4}…\n/);
  const state = await stateOf(project);
  const bundle = state.bundle && { ...state.bundle, stale: "a.cedar:1:1: unexpected token" };
  const stale = drawScreen(
    { ...state, bundle, logs: false, note: "no disk" },
    { width: 80, height: 14 },
    plain,
  );
  assert.match(stale, /\n {10}the last valid one: a.cedar:1:1: unexpected token\n/);
  assert.match(stale, /\n server {3}no disk\n/);
  assert.match(stale, /\n {2}decisions are not shown: the decision log is off\n/);
});

test("whatever its size, the screen is filled exactly and never wraps", async () => {
  const state = withDecision(await stateOf(project), record("deny", "d"));
  const colored = pc.createColors(true);
  for (const [width, height] of [
    [20, 3],
    [40, 8],
    [120, 40],
  ] as const) {
    for (const text of [
      drawScreen(state, { width, height }, colored),
      drawPage({ title: "why", text: "line\n".repeat(100) }, { width, height }, colored),
    ]) {
      const lines = text.split("\n");
      assert.equal(lines.length, height);
      for (const line of lines) assert.ok(unstyled(line).length <= width, line);
    }
  }
  const red = cut("\u001b[31mabcdef\u001b[39m", 3);
  assert.equal(red, "\u001b[31mabc\u001b[39m");
  // Wide characters take two columns.
  assert.equal(cut("日本語", 5), "日本");
});

function unstyled(line: string): string {
  return line
    .split("\u001b")
    .map((part, index) => (index === 0 ? part : part.replace(/^\[[\d;]*m/, "")))
    .join("");
}

test("the terminal is as before when the view is closed, and is redrawn when its size changes", () => {
  const written: string[] = [];
  const output = Object.assign(new EventEmitter(), {
    columns: 60,
    rows: 8,
    write: (text: string) => written.push(text),
  });
  const view = new ScreenView(output, plain);
  view.show(initialState("/srv/shop"));
  view.showPage({ title: "why", text: "because" });
  assert.ok(written.at(-1)?.includes("because"));
  output.rows = 12;
  output.emit("resize");
  assert.equal(written.at(-1)?.split("\r\n").length, 12);
  view.showPage(null);
  assert.ok(written.at(-1)?.includes("waiting for a project"));
  view.close();
  assert.equal(written[0], "\u001b[?1049h\u001b[?25l");
  assert.equal(written.at(-1), "\u001b[?25h\u001b[?1049l");
  const count = written.length;
  output.emit("resize");
  assert.equal(written.length, count);
});

test("keys do what they say, and any key leaves a page", () => {
  const done: string[] = [];
  let page = false;
  const act = (name: string) => () => void done.push(name);
  const actions: KeyActions = {
    quit: act("quit"),
    clear: act("clear"),
    why: act("why"),
    problems: act("problems"),
    again: act("again"),
    leavePage: () => {
      const left = page;
      page = false;
      return left;
    },
  };
  const raw: boolean[] = [];
  const input = Object.assign(new EventEmitter(), {
    setRawMode: (on: boolean) => raw.push(on),
    resume: () => {},
    pause: () => {},
  });
  const stop = listenToKeys(input, actions);
  input.emit("data", Buffer.from("cWpr?x"));
  page = true;
  input.emit("data", Buffer.from("qq"));
  page = true;
  input.emit("data", Buffer.from("\u0003"));
  stop();
  input.emit("data", Buffer.from("q"));
  assert.deepEqual(done, ["clear", "why", "problems", "again", "quit", "quit"]);
  assert.deepEqual(raw, [true, false]);
});

test("the last deny is found among allows", () => {
  let state = initialState("x");
  assert.equal(lastDeny(state), undefined);
  for (const [decision, id] of [
    ["deny", "a"],
    ["deny", "b"],
    ["allow", "c"],
  ] as const)
    state = withDecision(state, record(decision, id));
  assert.equal(lastDeny(state)?.id, "b");
});

interface Running {
  child: ChildProcess;
  /** Waits until it has printed this after what was waited for before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<number | null>;
}

function start(folder: string): Running {
  const child = spawn(process.execPath, [binary, "dev", "--project", folder, "--port", "0"]);
  let text = "";
  const errors: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (part) => errors.push(part));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const until = async (pattern: RegExp) => {
    for (let turn = 0; turn < 600; turn++) {
      const found = pattern.exec(text);
      if (found !== null) {
        text = text.slice(found.index + found[0].length);
        return found;
      }
      await new Promise((wake) => setTimeout(wake, 50));
    }
    throw new Error(`${pattern} did not come: ${text}\n${errors.join("")}`);
  };
  child.stdout?.setEncoding("utf8").on("data", (part) => {
    text += part;
  });
  return { child, until, ended };
}

test("a save is checked, tested and served", async () => {
  const folder = projectWith(project);
  const { child, until, ended } = start(folder);
  const [, url = ""] = await until(/^listening on (http:\S+)\n/);
  await until(/bundle [0-9a-f]{12} {2}4 policies, 5 entities\n/);
  await until(/check {2}3 warnings\n/);
  await until(/tests {2}✓ 1 passed in \d+ ms\n/);
  const asked = await cordon(["ask", "User::bob", "document:read", "Document::plan", "--server", url]);
  assert.equal(asked.code, 1);
  await until(/asked {2}deny {2}User::"bob" {2}document:read {2}Document::"plan" {2}no_permit {2}\S+\n/);

  writeFileSync(join(folder, "policies/documents.cedar"), documents.replace('"sales"', '"sale"'));
  await until(/the test `ann reads` fails: decision is deny, expected allow/);
  await until(/tests {2}✗ 1 failed, 0 passed in \d+ ms\n/);

  writeFileSync(
    join(folder, "policies/documents.cedar"),
    documents.replace("resource.owner", "resource.ownr"),
  );
  await until(/(check {2}✗ 1 error|; stale: policies\/documents.cedar:11:8: )/);
  writeFileSync(join(folder, "policies/documents.cedar"), documents);
  await until(/tests {2}✓ 1 passed/);
  child.kill("SIGTERM");
  assert.equal(await ended, 0);
});

test("a project with errors is waited for", async () => {
  const folder = projectWith({ ...project, "policies/documents.cedar": "permit (principal);" });
  const { child, until, ended } = start(folder);
  await until(/error\[policy_syntax\]/);
  await until(/tests {2}not run: the project has errors\n/);
  writeFileSync(join(folder, "policies/documents.cedar"), documents);
  await until(/listening on http:/);
  child.kill("SIGINT");
  assert.equal(await ended, 0);
});

const script = spawnSync("script", ["--version"]).stdout?.toString().includes("util-linux");

test("on a terminal the screen comes, obeys keys and goes", {
  skip: script ? false : "needs `script`",
}, async () => {
  const folder = projectWith({
    ...project,
    "tests/reads.yaml": tests.replace("expect: allow", "expect: deny"),
  });
  const command = `'${process.execPath}' '${binary}' dev --project '${folder}' --port 0 --log off`;
  const child = spawn("script", ["-qfec", command, "/dev/null"], { env: { ...process.env, TERM: "xterm" } });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part) => {
    text += part;
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const until = async (what: string) => {
    for (let turn = 0; !text.includes(what); turn++) {
      assert.ok(turn < 400, `${what} did not come: ${text}`);
      await new Promise((wake) => setTimeout(wake, 50));
    }
    text = "";
  };
  await until("1 failed");
  child.stdin.write("p");
  await until("help");
  child.stdin.write("x");
  await until("clear decisions");
  child.stdin.write("w");
  await until("nothing was denied yet");
  child.stdin.write("xq");
  assert.equal(await ended, 0);
  assert.ok(text.endsWith("\u001b[?25h\u001b[?1049l"), JSON.stringify(text.slice(-80)));
});

test("what no edit can mend ends it", async () => {
  const folder = projectWith(project);
  const { child, until, ended } = start(folder);
  const [, port = ""] = await until(/listening on http:\S+:(\d+)\n/);
  const { code, stderr } = await cordon(["dev", "--project", projectWith(project), "--port", port]);
  assert.equal(code, 2);
  assert.match(stderr, /^error: `127.0.0.1:\d+` is in use\n/);
  child.kill("SIGTERM");
  assert.equal(await ended, 0);
  const slip = await cordon(["dev", "--project", folder, "--log", "sometimes"]);
  assert.equal(slip.stderr.split("\n")[0], "error: `sometimes` is not a value of `--log`");
});
