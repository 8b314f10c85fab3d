import {
  CedarRecord,
  CedarSet,
  Datetime,
  Decimal,
  Duration,
  EntityUid,
  IpAddr,
  type SchemaType,
  type Value,
} from "@cordon/engine";
import fc from "fast-check";
import type { IdStorage } from "../mapping/index.js";

/** Few values, so that they meet; and each of them a trap for somebody. */
const TEXTS = [
  "a",
  "A",
  "a ",
  "ab",
  "b",
  "",
  "é",
  "e\u0301",
  "😀",
  "ss",
  "ß",
  "50%",
  "a_b",
  "a*b",
  "x' OR '1'='1",
  '";--',
  "\\",
  "a\\",
  "$1",
  "?",
  ":ids",
  "/* c */",
  "null",
  "|",
  "a\nb",
];
export const NUL = "a\0b";

const LONGS = [0, 1, 2, 3, -1, 10, 86_400_000, 2 ** 53 - 1, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)];
const DECIMALS = ["0.0", "1.5", "-1.5", "1.0", "0.0001", "922337203685477.5807", "-922337203685477.5808"];
const ADDRESSES = [
  "10.0.0.1",
  "10.0.0.1/24",
  "10.0.0.0/24",
  "10.0.0.0/8",
  "127.0.0.1",
  "127.0.0.0/4",
  "224.0.0.1",
  "::1",
  "::1/64",
  "ff02::1",
  "2001:db8::1",
  "2001:db8::/32",
  "::/0",
  "0.0.0.0/0",
];
/** What timestamps of all databases tell. */
const MOMENTS = [0, 1, -1, 999, 86_400_000, -86_400_001, 1_790_000_000_000, 253_402_300_799_999];
const SPANS = [0, 1, -1, 1000, 86_400_000, -86_400_000, 5_400_000, 2n ** 63n - 1n, -(2n ** 63n)];

const IDS: Readonly<Record<IdStorage, readonly string[]>> = {
  text: ["ann", "ANN", "ann ", "x'--", "$1", "\\", "é", "😀", '"', "%"],
  integer: ["1", "2", "3", "-1", "0", "42", "7", "8", "9223372036854775807", "-9223372036854775808"],
  uuid: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"].map(
    (n) => `0000000${n}-aaaa-4bbb-8ccc-00000000000${n}`,
  ),
};
/** Ids that look like those of a storage and are not. */
export const STRANGE_IDS = [
  "01",
  "+1",
  "1.0",
  "99999999999999999999",
  "nobody",
  "",
  "00000001-AAAA-4BBB-8CCC-000000000001",
];

/** Which values there may be, in a database that stores what it is said to store. */
export interface PoolOptions {
  readonly ids: Readonly<Record<string, IdStorage>>;
  readonly storesNul: boolean;
  /** Datetimes only as far as timestamps go. */
  readonly onlyTimestamps: boolean;
}

export function idOf(type: string, index: number, { ids }: PoolOptions): string {
  const pool = IDS[ids[type] ?? "text"];
  return pool[index % pool.length] ?? "";
}

/** How many entities of each type there are names for: rows are fewer, so that references dangle. */
export const NAMES_A_TYPE = 6;

export function uidOf(type: string, options: PoolOptions): fc.Arbitrary<EntityUid> {
  return fc.nat({ max: NAMES_A_TYPE - 1 }).map((index) => EntityUid.of(type, idOf(type, index, options)));
}

export function text(options: PoolOptions): fc.Arbitrary<string> {
  return fc.constantFrom(...TEXTS, ...(options.storesNul ? [NUL] : []));
}

export const long: fc.Arbitrary<number | bigint> = fc.constantFrom(...LONGS);

export function valueOfType(type: SchemaType, options: PoolOptions): fc.Arbitrary<Value> {
  switch (type.type) {
    case "String":
      return text(options);
    case "Long":
      return long;
    case "Boolean":
      return fc.boolean();
    case "Entity":
      return uidOf(type.name, options);
    case "Set":
      return fc
        .array(valueOfType(type.element, options), { maxLength: 3 })
        .map((elements) => CedarSet.of(elements));
    case "Record":
      return fc
        .tuple(
          ...Object.entries(type.attributes).map(([name, member]) =>
            fc.option(
              valueOfType(member.type, options).map((value) => [name, value] as const),
              { nil: undefined, freq: 2 },
            ),
          ),
        )
        .map((members) => CedarRecord.of(members.filter((member) => member !== undefined)));
    case "Extension":
      return extensionValue(type.name, options);
  }
}

function extensionValue(name: string, options: PoolOptions): fc.Arbitrary<Value> {
  switch (name) {
    case "decimal":
      return fc.constantFrom(...DECIMALS).map((one) => Decimal.parse(one));
    case "ipaddr":
      return fc.constantFrom(...ADDRESSES).map((one) => IpAddr.parse(one));
    case "duration":
      return fc.constantFrom(...SPANS).map((ms) => new Duration(ms));
    default: {
      const beyond = options.onlyTimestamps ? [] : [2n ** 63n - 1n, -(2n ** 63n)];
      return fc.constantFrom<number | bigint>(...MOMENTS, ...beyond).map((ms) => new Datetime(ms));
    }
  }
}
