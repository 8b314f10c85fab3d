import assert from "node:assert/strict";
import { test } from "node:test";
import { shrinkSupply } from "./shrink.js";
import { soak } from "./soak.js";
import { supplyOf } from "./supply.js";

test("a run can be gone on with: what it says to skip is what it has done", () => {
  const lines: string[] = [];
  const run = (cases: number, skip: number) =>
    soak({ cases, minutes: 1, seed: 7, skip }, (line) => lines.push(line));
  assert.ok(run(40, 0));
  assert.match(
    lines.join("\n"),
    /^seed 7, from world 0\n40 cases, 4 worlds, .*by path: reference \d+, closures/s,
  );
  assert.equal(lines.at(-1), "go on with --seed 7 --skip 4");
  assert.ok(run(20, 4));
  assert.equal(lines.at(-1), "go on with --seed 7 --skip 6");
});

test("a run ends when its time is up, and then says how far it came", () => {
  const lines: string[] = [];
  assert.ok(soak({ cases: 10, minutes: 0, seed: 1, skip: 3 }, (line) => lines.push(line)));
  assert.equal(lines.at(-1), "go on with --seed 1 --skip 3");
});

test("the choices of a world depend on the seed and its number alone", () => {
  assert.deepEqual(supplyOf(1, 2, 100), supplyOf(1, 2, 100));
  assert.notDeepEqual(supplyOf(1, 2, 100), supplyOf(1, 3, 100));
  assert.notDeepEqual(supplyOf(1, 2, 100), supplyOf(2, 2, 100));
  const all = Array.from({ length: 200 }, (_, world) => supplyOf(3, world, 10)).flat();
  const counts = Array.from({ length: 10 }, (_, digit) => all.filter((choice) => choice === digit).length);
  for (const count of counts) assert.ok(count > all.length / 11 && count < all.length / 9, `${counts}`);
});

test("shrinking leaves what the failure needs and nothing else", () => {
  const supply = Array.from({ length: 300 }, (_, index) => index + 1);
  const smallest = shrinkSupply(supply, (list) => list.includes(77) && list.includes(203));
  assert.deepEqual(smallest, [77, 203]);
  assert.deepEqual(
    shrinkSupply([5, 6], (list) => list.length === 2),
    [0, 0],
  );
});
