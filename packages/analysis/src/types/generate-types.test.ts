import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { parseSchema } from "@cordon/cedar";
import { generateTypes } from "./generate-types.js";
import { QUESTIONS, SHOP_SCHEMA } from "./testing-internal/shop.js";

function typesOf(schemaText: string): string {
  const parsed = parseSchema(schemaText, "schema.cedarschema");
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return generateTypes({ schema: parsed.schema, schemaFile: "schema.cedarschema" });
}

test("every kind of type is written down as a caller gives it", () => {
  const text = typesOf(SHOP_SCHEMA);
  const expected = [
    `    User: {
      id: string;
      attributes: {
        address?: {
          "house-number"?: string;
          street: string;
          zip?: Long;
        };
        balance: Decimal;
        boss?: Reference<"User">;
        friends: Elements<Reference<"User">>;
        from: IpAddress;
        groups: Elements<Elements<Long>>;
        lastSeen: Datetime;
        level: Long;
        name: string;
        patience: Duration;
        role: Reference<"Role", "admin" | "member">;
      };
      tags: Elements<string>;
    };`,
    `    Role: {
      id: "admin" | "member";
      attributes: Record<string, never>;
      tags: never;
    };`,
    `    "cart:close": {
      principals: ["User"];
      resources: ["Shop::Cart"];
      context: Schema["actions"]["Shop::Action::\\"read\\""]["context"];
      properties: never;
    };`,
    `      context: {
        mfa: boolean;
      };
      properties: {
        amount: Long;
        note?: string;
      };`,
    `      properties: {
        speed: Long;
      } | undefined;`,
  ];
  for (const part of expected) assert.ok(text.includes(part), `${part}\n\nis not in\n\n${text}`);
});

test("the order of declarations doesn't matter", () => {
  const declarations = ["entity A = { x: Long, y: Long };", "entity B in [A];", "entity C;"];
  const action = (order: string) => `action go, come appliesTo { principal: [${order}], resource: [C] };`;
  const text = typesOf([...declarations, action("A, B")].join("\n"));
  assert.equal(typesOf([...declarations.toReversed(), action("B, A")].join("\n")), text);
});

test("questions that make sense compile, and others have an error that says why", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "cordon-types-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const require = createRequire(import.meta.url);
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  // The workspace's packages, as an application would have them.
  symlinkSync(
    dirname(dirname(require.resolve("typescript/package.json"))),
    join(folder, "node_modules"),
    "dir",
  );
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "types.ts"), typesOf(SHOP_SCHEMA));
  writeFileSync(join(folder, "questions.ts"), QUESTIONS);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    target: "ES2023",
    module: "NodeNext",
    types: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["questions.ts"] }));
  const output = await run(process.execPath, [compiler, "-p", folder, "--pretty", "false"]);
  const told = new Map<number, string>();
  for (const [, file, line, message] of output.matchAll(
    /^(\S+)\((\d+),\d+\): error TS\d+: (.*(?:\n .*)*)/gm,
  )) {
    assert.match(file ?? "", /questions\.ts$/, output);
    told.set(Number(line), message ?? "");
  }
  const wrong = QUESTIONS.split("\n").flatMap((line, index) => {
    const message = told.get(index + 1);
    const expected = line.split("; // ")[1];
    const isRight = expected === undefined ? message === undefined : message?.includes(expected);
    return isRight ? [] : [`${line}\ngave\n${message}`];
  });
  assert.deepEqual(wrong, []);
});

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, (_, stdout, stderr) => resolve(stdout + stderr));
  });
}
