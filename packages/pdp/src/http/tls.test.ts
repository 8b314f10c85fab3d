import assert from "node:assert/strict";
import { mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { TLSSocket } from "node:tls";
import selfsigned from "selfsigned";
import { serve } from "./serve.test.support.js";

interface Pair {
  readonly private: string;
  readonly cert: string;
}

async function makePair(name: string): Promise<Pair> {
  return selfsigned.generate([{ name: "commonName", value: name }], { keySize: 2048 });
}

async function certificateFiles(
  t: TestContext,
  pair: Pair,
): Promise<{ directory: string; keyFile: string; certFile: string }> {
  const directory = await mkdtemp(join(tmpdir(), "cordon-tls-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const files = { directory, keyFile: join(directory, "tls.key"), certFile: join(directory, "tls.crt") };
  await writeFile(files.keyFile, pair.private);
  await writeFile(files.certFile, pair.cert);
  return files;
}

/** The name in the certificate that a new connection is shown. */
function servedName(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const req = request(`${url}/healthz`, { rejectUnauthorized: false, agent: false }, (res) => {
      resolve(String((res.socket as TLSSocket).getPeerCertificate().subject.CN));
      res.resume();
    });
    req.on("error", reject);
    req.end();
  });
}

async function eventually(check: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!(await check())) {
    assert.ok(performance.now() < deadline, "not in time");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const POLL = { tlsPollMs: 20 };

test("a certificate that is replaced by rename is served to new connections; a bad one is not, and is logged", async (t) => {
  const [first, second] = await Promise.all([makePair("first"), makePair("second")]);
  const { directory, keyFile, certFile } = await certificateFiles(t, first);
  const { url, lines } = await serve(t, { tls: { keyFile, certFile }, timeouts: POLL });
  assert.match(url, /^https:/);
  assert.equal(await servedName(url), "first");

  const replace = async (target: string, text: string): Promise<void> => {
    const fresh = join(directory, "fresh");
    await writeFile(fresh, text);
    await rename(fresh, target);
  };
  const refusals = (): number =>
    lines.filter((line) => /new TLS files refused/.test(String(line.msg))).length;

  await replace(certFile, second.cert);
  await eventually(() => refusals() === 1);
  assert.equal(await servedName(url), "first", "half a pair was taken");
  await replace(keyFile, second.private);
  await eventually(async () => (await servedName(url)) === "second");

  await replace(keyFile, "nonsense");
  await eventually(() => refusals() === 2);
  assert.equal(await servedName(url), "second");
  await rm(certFile);
  await eventually(() => refusals() === 3);
  assert.equal(await servedName(url), "second");
});

test("a pair that is replaced by swapping a symlink is noticed", async (t) => {
  const [first, second] = await Promise.all([makePair("first"), makePair("second")]);
  const [one, two] = [await certificateFiles(t, first), await certificateFiles(t, second)];
  const link = join(one.directory, "current");
  await symlink(one.directory, link);
  const tls = { keyFile: join(link, "tls.key"), certFile: join(link, "tls.crt") };
  const { url } = await serve(t, { tls, timeouts: POLL });
  assert.equal(await servedName(url), "first");
  await symlink(two.directory, `${link}.new`);
  await rename(`${link}.new`, link);
  await eventually(async () => (await servedName(url)) === "second");
});

test("files that are missing or don't fit together are a clear error", async (t) => {
  const [first, second] = await Promise.all([makePair("first"), makePair("second")]);
  const { keyFile, certFile } = await certificateFiles(t, first);
  await assert.rejects(serve(t, { tls: { keyFile: `${keyFile}x`, certFile } }), { code: "tls_unreadable" });
  await writeFile(certFile, second.cert);
  await assert.rejects(serve(t, { tls: { keyFile, certFile } }), { code: "tls_invalid" });
});
