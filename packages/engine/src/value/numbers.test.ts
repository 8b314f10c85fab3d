import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Datetime, Duration, IpAddr } from "../index.js";
import { long } from "../testing-internal/arbitraries.js";
import { checkProperty } from "../testing-internal/property.js";
import { difference, product, sum, toLong } from "./long.js";

const DAY = 86_400_000n;
const near = fc.oneof(
  long,
  fc.integer({ min: -1000, max: 1000 }).map((days) => days * Number(DAY)),
  fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }),
);

test("arithmetic in numbers is that of 64-bit integers", (t) => {
  checkProperty(
    t,
    fc.property(near, near, (a, b) => {
      assert.equal(sum(a, b), toLong(BigInt(a) + BigInt(b)));
      assert.equal(difference(a, b), toLong(BigInt(a) - BigInt(b)));
      assert.ok(Object.is(product(a, b), toLong(BigInt(a) * BigInt(b))));
    }),
    2000,
  );
});

test("the time of a day and whole units are those of 64-bit integers", (t) => {
  checkProperty(
    t,
    fc.property(near, (ms) => {
      const rest = BigInt(ms) % DAY;
      assert.ok(Object.is(new Datetime(ms).toTime().ms, Number(rest < 0n ? rest + DAY : rest)));
      for (const [unit, size] of [
        ["d", DAY],
        ["h", 3_600_000n],
        ["s", 1000n],
        ["ms", 1n],
      ] as const) {
        assert.ok(Object.is(new Duration(ms).in(unit), toLong(BigInt(ms) / size)), `${ms} in ${unit}`);
      }
    }),
    2000,
  );
});

test("a range of IPv4 addresses holds those that share its prefix", (t) => {
  const v4 = fc
    .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
    .map(([ip, prefix]) => IpAddr.parse(`${ip}/${prefix}`));
  checkProperty(
    t,
    fc.property(v4, v4, fc.integer({ min: 0, max: 32 }), (address, other, prefix) => {
      // Half of the ranges are around the address, so that many hold it.
      for (const range of [other, IpAddr.parse(`${address.toString().split("/")[0]}/${prefix}`)]) {
        const host = BigInt(32 - range.prefix);
        const expected = address.prefix >= range.prefix && address.bits >> host === range.bits >> host;
        assert.equal(address.isInRange(range), expected);
      }
      assert.equal(address.isLoopback(), address.bits >> 24n === 127n && address.prefix >= 8);
      assert.equal(address.isMulticast(), address.bits >> 28n === 0xen && address.prefix >= 4);
    }),
  );
});
