import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { type DatabaseServer, startMariadb, startPostgres, whyNoMariadb } from "./index.js";
import { signalProcess } from "./process/process-tree.js";

const KINDS: { name: string; start: () => Promise<DatabaseServer>; skip: string | false }[] = [
  { name: "PostgreSQL", start: () => startPostgres(), skip: false },
  { name: "MariaDB", start: () => startMariadb(), skip: await whyNoMariadb() },
];

for (const { name, start, skip } of KINDS) {
  test(`${name} keeps port and data over a restart, freezes and thaws`, { skip }, async () => {
    const server = await start();
    const query = (url: string, sql: string) => server.query(sql, url);
    try {
      const url = await server.createDatabase();
      await query(url, "CREATE TABLE t (x int)");
      await query(url, "INSERT INTO t VALUES (7)");
      await server.restart();
      assert.equal((await query(url, "SELECT x FROM t"))[0]?.x, 7);

      server.pause();
      const frozen = query(url, "SELECT x FROM t");
      assert.equal(await Promise.race([frozen, delay(150, "frozen")]), "frozen");
      server.resume();
      assert.equal((await frozen)[0]?.x, 7);

      await server.halt();
      await assert.rejects(query(url, "SELECT 1"), { code: "ECONNREFUSED" });
      await server.start();
      assert.equal((await query(url, "SELECT x FROM t"))[0]?.x, 7);
      server.pause();
    } finally {
      await server.stop();
    }
    await assert.rejects(query(server.url, "SELECT 1"), { code: "ECONNREFUSED" });
  });
}

test("a process that is killed leaves neither servers nor directories", async () => {
  const temporary = mkdtempSync(join(tmpdir(), "cordon-killed-"));
  chmodSync(temporary, 0o755);
  const program = `
    import { startPostgres } from ${JSON.stringify(new URL("./index.js", import.meta.url).href)};
    const server = await startPostgres();
    server.pause();
    console.log(server.url);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    env: { ...process.env, TMPDIR: temporary },
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const left = () => readdirSync(temporary).filter((name) => !name.startsWith("cordon-databases-"));
  try {
    const url = await new Promise<string>((resolve) =>
      child.stdout.once("data", (text) => resolve(`${text}`.trim())),
    );
    // Where the server's user can't enter the folder of the packages, its programs were copied beside its data.
    const data = left().filter((name) => !name.startsWith("cordon-postgres-program-"));
    assert.equal(data.length, 1);
    signalProcess(child.pid ?? 0, "SIGKILL");
    await exited;
    for (let waited = 0; left().length > 0 && waited < 10_000; waited += 20) await delay(20);
    assert.deepEqual(left(), []);
    await assert.rejects(queryPostgres(url, "SELECT 1"), { code: "ECONNREFUSED" });
  } finally {
    signalProcess(child.pid ?? 0, "SIGKILL");
    rmSync(temporary, { recursive: true, force: true });
  }
});

async function queryPostgres(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
