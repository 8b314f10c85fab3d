import assert from "node:assert/strict";
import { test } from "node:test";
import { measureRounds } from "./rounds.js";
import { median, quantile, sorted } from "./statistics.js";

test("quantiles of a known list", () => {
  const list = sorted([5, 1, 4, 2, 3]);
  assert.equal(median([5, 1, 4, 2, 3]), 3);
  assert.equal(quantile(list, 0), 1);
  assert.equal(quantile(list, 0.99), 5);
  assert.ok(Number.isNaN(median([])));
});

test("contenders take turns, and the slower one is measured as slower", () => {
  const order: string[] = [];
  const spin = (name: string, work: number) => ({
    name,
    includes: "",
    runsPerRound: 20,
    run: () => {
      order.push(name);
      let sum = 0;
      for (let i = 0; i < work; i++) sum += Math.sqrt(i);
      return sum;
    },
  });
  const [fast, slow] = measureRounds([spin("fast", 1_000), spin("slow", 200_000)], 4);
  assert.ok(fast && slow);
  assert.ok(slow.medianNs > 5 * fast.medianNs, `${slow.medianNs} ns against ${fast.medianNs} ns`);
  assert.ok(fast.perSecond > slow.perSecond);
  assert.deepEqual([order[0], order[20], order[40], order[60]], ["fast", "slow", "slow", "fast"]);
});
