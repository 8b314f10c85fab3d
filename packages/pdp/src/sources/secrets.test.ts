// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets look like template strings
import assert from "node:assert/strict";
import { test } from "node:test";
import { tempProject } from "../testing-internal/temp-project.js";
import { resolveSecrets, scrub } from "./secrets.js";

test("puts secrets in the place of their references, at any depth", async (t) => {
  const directory = await tempProject(t, { "keys/api": "from-the-file\n", "keys/empty": "" });
  process.env.CORDON_TEST_SECRET = "p@ss word$&";
  t.after(() => {
    delete process.env.CORDON_TEST_SECRET;
  });
  const given = {
    url: "${env:CORDON_TEST_SECRET}",
    headers: { authorization: "Bearer ${file:keys/api}", plain: "x" },
    list: ["a${file:keys/empty}b", 7, null, true],
    text: "$HOME ${other:x} $${env}",
  };
  const { settings, secrets } = resolveSecrets("api", directory, given);
  assert.deepEqual(settings, {
    url: "p@ss word$&",
    headers: { authorization: "Bearer from-the-file", plain: "x" },
    list: ["ab", 7, null, true],
    text: "$HOME ${other:x} $${env}",
  });
  assert.deepEqual(given.headers.authorization, "Bearer ${file:keys/api}");
  assert.equal(
    scrub("no p@ss word$&, nor p%40ss%20word%24%26, nor from-the-file", secrets),
    "no •••, nor •••, nor •••",
  );
});

test("takes the password of a URL for a secret", () => {
  const { secrets } = resolveSecrets("db", ".", { url: "postgres://ann:s%40cret@db.example.com/x" });
  assert.equal(
    scrub("password s@cret or s%40cret failed for ann", secrets),
    "password ••• or ••• failed for ann",
  );
});

test("says which variable or file is missing", async (t) => {
  const directory = await tempProject(t, {});
  for (const [reference, message] of [
    ["${env:CORDON_NO_SUCH}", "there is no environment variable `CORDON_NO_SUCH`"],
    ["${file:nowhere}", "the file `nowhere` can't be read (ENOENT)"],
  ] as const) {
    assert.throws(() => resolveSecrets("api", directory, { key: reference }), {
      name: "SourceError",
      code: "source_settings",
      source: "api",
      message,
    });
  }
});
