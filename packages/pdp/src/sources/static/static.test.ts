import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { stringifyJson } from "@cordon/engine/json";
import { CONTRACT_SCHEMA, type SourceUnderTest, sourceContract } from "../../testing/index.js";
import { SourceError } from "../source-error.js";
import { open } from "./open.js";
import { staticSettings } from "./settings.js";

const uid = (type: string, id: string) => ({ type, id });

function temporary(): string {
  return mkdtempSync(join(tmpdir(), "cordon-static-"));
}

sourceContract("static", async (): Promise<SourceUnderTest> => {
  const directory = temporary();
  const users = new Map<string, object>();
  const groups = new Map<string, object>();
  const write = (name: string, entities: Iterable<object>): void => {
    writeFileSync(join(directory, `${name}.draft`), stringifyJson([...entities] as []));
    renameSync(join(directory, `${name}.draft`), join(directory, `${name}.json`));
  };
  write("users", []);
  write("groups", []);
  const settings = staticSettings.parse({ kind: "static", files: "users.json", types: { User: {} } });
  const source = await open(
    {
      ...settings,
      files: ["users.json", "groups.json"],
      types: { User: { attributes: {} }, Group: { attributes: {} } },
    },
    { name: "files", directory, schema: CONTRACT_SCHEMA, logger: undefined },
  );
  return {
    source,
    putUser: async (id, { name, level, email, boss, joined, groups: in_ = [] }) => {
      const attrs = {
        name,
        level,
        ...(typeof email === "string" ? { email } : {}),
        ...(typeof boss === "string" ? { boss: uid("User", boss) } : {}),
        ...(typeof joined === "string" ? { joined } : {}),
      };
      users.set(id, { uid: uid("User", id), attrs, parents: in_.map((group) => uid("Group", group)) });
      write("users", users.values());
    },
    putGroup: async (id, parents = []) => {
      groups.set(id, {
        uid: uid("Group", id),
        attrs: {},
        parents: parents.map((group) => uid("Group", group)),
      });
      write("groups", groups.values());
    },
    removeUser: async (id) => {
      users.delete(id);
      write("users", users.values());
    },
    dispose: async () => {
      await source.close();
      rmSync(directory, { recursive: true });
    },
  };
});

test("files count whole or not at all", async () => {
  const directory = temporary();
  const reasons: unknown[] = [];
  const logger = {
    info: () => {},
    warn: () => {},
    error: (fields: { reason?: unknown }) => void reasons.push(fields.reason),
  };
  const entity = (type: string, id: string, level: unknown) =>
    type === "User"
      ? { uid: uid(type, id), attrs: { name: id, level }, parents: [] }
      : { uid: uid(type, id), attrs: {}, parents: [] };
  const write = (name: string, content: unknown) =>
    writeFileSync(join(directory, name), typeof content === "string" ? content : JSON.stringify(content));
  write("a.json", [entity("User", "ann", 1)]);
  write("b.json", [entity("User", "bob", 1)]);
  const source = await open(staticSettings.parse({ kind: "static", files: "." }), {
    name: "files",
    directory,
    schema: CONTRACT_SCHEMA,
    logger,
  });
  const levels = async () => {
    const found = await source.fetch(
      { type: "User", ids: ["ann", "bob"], attributes: new Set(["level"]), parents: false, tags: false },
      AbortSignal.timeout(5_000),
    );
    return [...found].map(([id, e]) => `${id} ${e instanceof SourceError ? e.code : e.attrs.get("level")}`);
  };
  assert.deepEqual(await levels(), ["ann 1", "bob 1"]);
  write("a.json", [entity("User", "ann", 2)]);
  write("b.json", [entity("User", "bob", "two")]);
  assert.deepEqual(await levels(), ["ann 1", "bob 1"], "a value of a wrong type");
  write("b.json", "[{");
  assert.deepEqual(await levels(), ["ann 1", "bob 1"], "half a file");
  write("b.json", [entity("User", "ann", 3)]);
  assert.deepEqual(await levels(), ["ann 1", "bob 1"], "an entity twice");
  write("b.json", [entity("Group", "g", 0)]);
  assert.deepEqual(await levels(), ["ann 1", "bob 1"], "a type that it doesn't have");
  write("b.json", [entity("User", "bob", 2)]);
  assert.deepEqual(await levels(), ["ann 2", "bob 2"]);
  assert.equal(reasons.length, 4);
  assert.match(String(reasons[0]), /`b.json` at \/0\/attrs\/level/);
  await source.close();
  rmSync(directory, { recursive: true });
});

test("files that can't be used at first are an error of the settings", async () => {
  const directory = temporary();
  writeFileSync(join(directory, "a.json"), "{}");
  const opening = (files: string) =>
    open(staticSettings.parse({ kind: "static", files }), {
      name: "files",
      directory,
      schema: null,
      logger: undefined,
    });
  await assert.rejects(opening("a.json"), {
    code: "source_settings",
    message: "`a.json` is no list of entities",
  });
  await assert.rejects(opening("b.json"), {
    code: "source_settings",
    message: "`b.json` can't be read (ENOENT)",
  });
  rmSync(directory, { recursive: true });
});
