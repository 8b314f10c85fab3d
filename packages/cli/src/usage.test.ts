import assert from "node:assert/strict";
import { test } from "node:test";
import { cordon } from "./testing-internal/command.js";

const commands = [
  [],
  ["serve"],
  ["check"],
  ["ask"],
  ["log"],
  ["log", "show"],
  ["log", "verify"],
  ["keys"],
  ["keys", "create"],
  ["keys", "list"],
  ["keys", "revoke"],
  ["plan"],
  ["sources"],
  ["sources", "check"],
  ["sources", "install"],
  ["bundle"],
  ["init"],
  ["dev"],
  ["fmt"],
  ["typegen"],
  ["completion"],
];

test("every command has help with examples", async () => {
  for (const command of commands) {
    const { code, stdout, stderr } = await cordon([...command, "--help"]);
    assert.equal(code, 0, command.join(" "));
    assert.equal(stderr, "");
    assert.match(stdout, new RegExp(`^Usage: cordon ${command.join(" ")}`));
    assert.match(stdout, /\nExamples:\n {2}# .+\n {2}(export CORDON_KEY="\$\()?cordon /);
  }
});

test("options of a list are not said to be those of its subcommands", async () => {
  for (const name of ["show", "verify"]) {
    const { stdout } = await cordon(["log", name, "--help"]);
    assert.match(stdout, /Global Options:[\s\S]*--no-color/);
    assert.doesNotMatch(stdout, /--principal|--limit|--follow/);
  }
});

test("help shows which exit code means what", async () => {
  const { stdout } = await cordon(["help"]);
  assert.match(stdout, /Exit codes:\n {2}0 {2}yes.*\n {2}1 {2}no.*\n {2}2 {2}no answer/);
});

test("--version prints the version", async () => {
  const { code, stdout } = await cordon(["--version"]);
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

const slips: [string[], string, string][] = [
  [["chekc"], "error: unknown command `chekc`", "did you mean `check`?"],
  [["check", "--jsn"], "error: unknown option `--jsn`", "did you mean `--json`?"],
  [["keys", "crate"], "error: unknown command `crate`", "did you mean `create`?"],
  [["log", "verify", "extra"], "error: too many arguments for `verify`: expected 0, got 1", ""],
  [
    ["log", "shwo"],
    "error: `cordon log` has no subcommand `shwo`",
    "it has `show ID` and `verify`; without one it lists",
  ],
  [["log", "show"], "error: missing required argument `id`", ""],
  [["ask", "User::a", "read"], "error: missing required argument `resource`", ""],
  [["ask", "a", "b", "c", "d"], "error: too many arguments for `ask`: expected 3, got 4", ""],
  [["serve", "--port"], "error: option `--port <number>` argument missing", ""],
];

test("slips of the finger say what was meant, and exit with 2", async () => {
  for (const [args, message, help] of slips) {
    const { code, stdout, stderr } = await cordon(args);
    assert.equal(code, 2, args.join(" "));
    assert.equal(stdout, "");
    const [first, second] = stderr.split("\n");
    assert.equal(first, message);
    if (help !== "") assert.equal(second, `  help: ${help}`);
  }
});

test("without a command, help goes to standard error and the exit code is 2", async () => {
  for (const args of [[], ["keys"], ["sources"]]) {
    const { code, stdout, stderr } = await cordon(args);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^Usage: cordon/);
  }
});
