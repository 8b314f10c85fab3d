import assert from "node:assert/strict";
import { test } from "node:test";
import { inWords, shiftAround } from "./project.mjs";

const MINUTE = 60_000;

/** As the policy `changes-only-during-your-shift` reads it. */
function lasts({ start, end }, now) {
  const [from, to] = [start / MINUTE, end / MINUTE];
  return from <= to ? now >= from && now < to : now >= from || now < to;
}

test("at every minute of the day a shift around now lasts, and one that ended an hour ago does not", () => {
  for (let minute = 0; minute < 24 * 60; minute++) {
    const now = new Date(Date.UTC(2026, 1, 3, 0, minute, 59));
    assert.equal(lasts(shiftAround(-2, 2, now), minute), true, now.toISOString());
    assert.equal(lasts(shiftAround(-9, -1, now), minute), false, now.toISOString());
  }
});

test("a shift is told as clocks tell it", () => {
  assert.equal(inWords({ start: 542 * MINUTE, end: 1_410 * MINUTE }), "09:02 to 23:30");
});
