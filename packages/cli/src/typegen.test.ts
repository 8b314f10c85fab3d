import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cordon } from "./testing-internal/command.js";
import { projectWith, shop } from "./testing-internal/project.js";

test("types go to standard output, or into a file that --check compares", async () => {
  const folder = projectWith(shop);
  const printed = await cordon(["typegen"], { cwd: folder });
  assert.equal(printed.code, 0);
  assert.match(printed.stdout, /^\/\/ Written by `cordon typegen` from schema\.cedarschema\./);
  assert.match(
    printed.stdout,
    / {4}"document:read": \{\n {6}principals: \["User"\];\n {6}resources: \["Document"\];/,
  );

  const file = join("src", "cordon-types.ts");
  const missing = await cordon(["typegen", "--check", "--out", file], { cwd: folder });
  assert.equal(missing.code, 1);
  assert.equal(
    missing.stderr,
    `error: \`${file}\` is not there\n  help: \`cordon typegen --out ${file}\` writes it\n`,
  );
  assert.ok(!existsSync(join(folder, file)));

  const written = await cordon(["typegen", "--out", file], { cwd: folder });
  assert.deepEqual(written, { code: 0, stdout: `wrote ${file}\n`, stderr: "" });
  assert.equal(readFileSync(join(folder, file), "utf8"), printed.stdout);
  assert.deepEqual(await cordon(["typegen", "--check", "--out", file], { cwd: folder }), {
    code: 0,
    stdout: "",
    stderr: "",
  });
  const { mtimeMs } = statSync(join(folder, file));
  const again = await cordon(["typegen", "--out", file], { cwd: folder });
  assert.equal(again.stdout, `unchanged ${file}\n`);
  assert.equal(statSync(join(folder, file)).mtimeMs, mtimeMs);
});

test("--check says in which line the file is no longer what the schema says", async () => {
  const folder = projectWith(shop);
  await cordon(["typegen", "--out", "types.ts"], { cwd: folder });
  const schema = shop["schema.cedarschema"] ?? assert.fail();
  writeFileSync(
    join(folder, "schema.cedarschema"),
    schema.replace("secret: Bool", "secret: Bool, size?: Long"),
  );
  const { code, stderr } = await cordon(["typegen", "--check", "--out", "types.ts"], { cwd: folder });
  assert.equal(code, 1);
  assert.equal(
    stderr,
    `error: \`types.ts\` is not what the schema says
  line 22
  -       };
  +         size?: Long;
  help: \`cordon typegen --out types.ts\` writes it
`,
  );
});

test("policies may be broken, the schema may not", async () => {
  const folder = projectWith({ ...shop, "policies/documents.cedar": "permit (principal);" });
  assert.equal((await cordon(["typegen"], { cwd: folder })).code, 0);
  const broken = await cordon(["typegen"], {
    cwd: projectWith({ ...shop, "schema.cedarschema": "entity User {\n  level: Lnog\n};\n" }),
  });
  assert.equal(broken.code, 2);
  assert.equal(broken.stdout, "");
  assert.match(broken.stderr, /--> schema\.cedarschema:2:10\n/);
});

test("what is missing is said", async () => {
  const folder = projectWith({ "policies/all.cedar": "permit (principal, action, resource);" });
  const { code, stderr } = await cordon(["typegen"], { cwd: folder });
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^error: the project `.+` has no schema\n {2}help: types are made from `schema.cedarschema`/,
  );
  const check = await cordon(["typegen", "--check"], { cwd: folder });
  assert.equal(check.code, 2);
  assert.match(check.stderr, /^error: `--check` needs `--out`\n/);
});
