import fc from "fast-check";
import {
  CedarRecord,
  CedarSet,
  Datetime,
  Decimal,
  Duration,
  EntityUid,
  IpAddr,
  type Value,
} from "../index.js";
import { toLong } from "../value/long.js";

const MIN_LONG = -(2n ** 63n);
const MAX_LONG = 2n ** 63n - 1n;

/** Names that would trip a plain JavaScript object, and some that would not. */
export const name: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("a", "b", "region", "__proto__", "constructor", "hasOwnProperty", "", "x y", "é", "😀"),
  fc.string({ unit: "grapheme", maxLength: 4 }),
);

export const long = fc
  .oneof(
    fc.bigInt({ min: -5n, max: 5n }),
    fc.bigInt({ min: MIN_LONG, max: MAX_LONG }),
    fc.constantFrom(MIN_LONG, MAX_LONG, 2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n)),
  )
  .map((value) => toLong(value) ?? 0);

export const uid = fc
  .tuple(fc.constantFrom("User", "App::Team", "Doc"), name)
  .map(([type, id]) => EntityUid.of(type, id));

export const decimal = fc
  .tuple(fc.integer({ min: -999_999, max: 999_999 }), fc.integer({ min: 0, max: 9999 }))
  .map(([whole, fraction]) => Decimal.parse(`${whole}.${fraction}`));

export const ipAddr = fc
  .oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
    fc.tuple(
      fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }).map(toV6),
      fc.integer({ min: 0, max: 128 }),
    ),
  )
  .map(([address, prefix]) => IpAddr.parse(`${address}/${prefix}`));

export const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.oneof(
      fc.boolean(),
      name,
      long,
      uid,
      decimal,
      ipAddr,
      long.map((ms) => new Datetime(ms)),
      long.map((ms) => new Duration(ms)),
    ),
    fc.array(tie("value"), { maxLength: 12 }).map((elements) => CedarSet.of(elements)),
    fc.array(fc.tuple(name, tie("value")), { maxLength: 4 }).map((members) => CedarRecord.of(members)),
  ),
})).value;

function toV6(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(":");
}
