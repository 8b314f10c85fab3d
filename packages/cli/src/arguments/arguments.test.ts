import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandError } from "../failure.js";
import { parseActionArgument, parseEntityArgument } from "./entity.js";
import { parseObjectArgument } from "./json.js";
import { parseMoment } from "./moment.js";

const isInvalid = (error: unknown) => error instanceof CommandError && error.code === "invalid_argument";

test("an entity, quoted or as a shell leaves it", () => {
  for (const [text, uid] of [
    ['User::"ann"', 'User::"ann"'],
    ["User::ann", 'User::"ann"'],
    ["Shop::User::ann@x.io", 'Shop::User::"ann@x.io"'],
    ['Doc::"a::b"', 'Doc::"a::b"'],
    ["Doc::with space", 'Doc::"with space"'],
    ["Doc::back\\slash", 'Doc::"back\\\\slash"'],
    ["Doc::__proto__", 'Doc::"__proto__"'],
  ]) {
    assert.equal(parseEntityArgument("principal", text ?? ""), uid);
  }
  for (const text of [
    "",
    "ann",
    "::ann",
    "User::",
    '"User"::"ann"',
    'User::"ann',
    "1User::ann",
    'User::"a"b"',
  ]) {
    assert.throws(() => parseEntityArgument("principal", text), isInvalid, text);
  }
});

test("an action, by name or as an entity", () => {
  assert.equal(parseActionArgument("ticket:read"), "ticket:read");
  assert.equal(parseActionArgument('Action::"ticket:read"'), 'Action::"ticket:read"');
  assert.equal(parseActionArgument("Action::ticket:read"), 'Action::"ticket:read"');
  assert.equal(parseActionArgument("Shop::Action::read"), 'Shop::Action::"read"');
  assert.throws(() => parseActionArgument(""), isInvalid);
  assert.throws(() => parseActionArgument("Action::"), isInvalid);
});

test("moments: RFC 3339, a day, or how long ago", () => {
  const now = new Date("2026-11-24T12:00:00Z");
  for (const [text, moment] of [
    ["2026-11-24T09:30:00Z", "2026-11-24T09:30:00.000Z"],
    ["2026-11-24 09:30:00.5+02:00", "2026-11-24T07:30:00.500Z"],
    ["2026-11-24t09:30:00z", "2026-11-24T09:30:00.000Z"],
    ["2026-11-24", "2026-11-24T00:00:00.000Z"],
    ["90s", "2026-11-24T11:58:30.000Z"],
    ["15m", "2026-11-24T11:45:00.000Z"],
    ["2h", "2026-11-24T10:00:00.000Z"],
    ["3d", "2026-11-21T12:00:00.000Z"],
    ["1w", "2026-11-17T12:00:00.000Z"],
  ]) {
    assert.equal(parseMoment("--since", text ?? "", now), moment);
  }
  for (const text of [
    "",
    "yesterday",
    "2h30m",
    "-2h",
    "2026-02-30",
    "2026-02-30T00:00:00Z",
    "2026-13-01",
    "2026-11-24T25:00:00Z",
    "2026-11-24T09:30",
    "999999999w",
  ]) {
    assert.throws(() => parseMoment("--since", text, now), isInvalid, text);
  }
});

test("a JSON argument keeps 64-bit integers and is underlined in its own line", async () => {
  const { n } = await parseObjectArgument("--context", '{"n": 9007199254740993}');
  assert.equal(n, 9007199254740993n);
  await assert.rejects(
    parseObjectArgument("--context", `{\n  "a": 1,\n  "b": ${"9".repeat(60)} 1\n}`),
    (error) => {
      assert.ok(error instanceof CommandError);
      const [where, source = "", marks = ""] = error.help?.split("\n") ?? [];
      assert.match(where ?? "", /^line 3, column \d+$/);
      assert.equal(source[marks.indexOf("^")], "1");
      return true;
    },
  );
});
