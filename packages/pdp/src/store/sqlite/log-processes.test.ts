import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryStore } from "../../testing-internal/temporary-store.js";

const PROGRAM = fileURLToPath(new URL("../../testing-internal/append-until-killed.js", import.meta.url));
const ROUNDS = Number(process.env.CORDON_KILL_ROUNDS ?? 5);

describe("several processes and one log", () => {
  it("loses no acknowledged record to kill -9", async () => {
    const under = await temporaryStore();
    const promised: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const child = start(under.path, round * 1_000_000);
      const lines = collectLines(child);
      while (lines.length < 40 + round * 37) await once(child.stdout ?? child, "data");
      child.kill("SIGKILL");
      await once(child, "close");
      promised.push(...lines);
    }
    const store = await under.open();
    const log = await store.decisions();
    for (const id of promised) assert.ok(await log.get(id), `${id} was acknowledged and is gone`);
    const result = await log.verify();
    assert.deepEqual(result.problems, []);
    assert.ok(result.records >= promised.length && promised.length > 40 * ROUNDS);
    await store.close();
    await under.dispose();
  });

  it("keeps one chain when two write at the same time", async () => {
    const under = await temporaryStore();
    const children = [start(under.path, 0, 1_500), start(under.path, 1_000_000, 1_500)];
    const lines = children.map(collectLines);
    const codes = await Promise.all(children.map((child) => once(child, "close").then(([code]) => code)));
    assert.deepEqual(codes, [0, 0]);
    assert.deepEqual(
      lines.map((l) => l.length),
      [1_500, 1_500],
    );
    const store = await under.open();
    const log = await store.decisions();
    const result = await log.verify();
    assert.deepEqual([result.problems, result.records, result.lastSeq], [[], 3_000, 3_000]);
    await store.close();
    await under.dispose();
  });
});

function start(path: string, from: number, count?: number): ChildProcess {
  const args = [PROGRAM, path, String(from), ...(count === undefined ? [] : [String(count)])];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

/** Whole lines only: what was cut off by the kill was not promised. */
function collectLines(child: ChildProcess): string[] {
  const lines: string[] = [];
  let rest = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  return lines;
}
