import type { CallValue } from "@cordon/cedar";
import type { Choices } from "./choices.js";
import { key, quote } from "./text.js";
import type { Type, Vocabulary } from "./types.js";

export const IDS = ["ann", "bob", "0", "", "é😀", 'a"b\\c', "__proto__", "x\u0000\ty"];
export const STRINGS = ["", "a", "b*c", "é😀", "ann", "abc\\", "*", "a\u0000\n", "1.2.3.4", "日本"];
const LONGS = [0n, 1n, -1n, 2n, 3n, 100n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n];
export const ALL_LONGS = [...LONGS, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n, 2n ** 32n];
export const IPS = [
  "1.2.3.4",
  "10.0.0.0/8",
  "10.0.0.1/24",
  "127.0.0.1",
  "::1",
  "ff00::2",
  "2001:db8::/32",
  "224.0.0.1",
  "0.0.0.0/0",
  "::/0",
  "1:2:3:4:5:6:7:8/128",
];
export const DECIMALS = [
  "0.0",
  "1.0",
  "1.00",
  "-0.0001",
  "1.2345",
  "922337203685477.5807",
  "-922337203685477.5808",
  "12.5",
];
export const DATETIMES = [
  "2024-01-01",
  "1970-01-01",
  "1969-12-31T23:59:59.999Z",
  "2024-02-29T12:00:00Z",
  "0000-01-01",
  "9999-12-31T23:59:59.999+2359",
  "2024-01-01T00:00:00+0100",
];
export const DURATIONS = [
  "0ms",
  "1d",
  "-1d",
  "1d2h3m4s5ms",
  "-3h",
  "9223372036854775807ms",
  "-9223372036854775808ms",
  "86400000ms",
];

/** A value of a type: as JSON with and without the escapes that a schema makes superfluous, and as Cedar source. */
export interface GeneratedValue {
  explicit: CallValue;
  implicit: CallValue;
  source: string;
}

export function genValue(choices: Choices, type: Type, vocabulary: Vocabulary): GeneratedValue {
  switch (type.kind) {
    case "Bool":
      return plain(choices.chance(0.5));
    case "Long":
      return plain(choices.pick(choices.chance(0.3) ? ALL_LONGS : LONGS.slice(0, 6)));
    case "String":
      return plain(choices.pick(STRINGS));
    case "ipaddr":
      return extension("ip", choices.pick(IPS));
    case "decimal":
      return extension("decimal", choices.pick(DECIMALS));
    case "datetime":
      return extension("datetime", choices.pick(DATETIMES));
    case "duration":
      return extension("duration", choices.pick(DURATIONS));
    case "Entity":
      return entity(genUid(choices, type.name, vocabulary));
    case "Set":
      return set(choices.list(0, 3, () => genValue(choices, type.element, vocabulary)));
    case "Record":
      return genRecord(choices, type.attributes, vocabulary);
  }
}

export interface Uid {
  type: string;
  id: string;
}

export function genUid(choices: Choices, type: string, { entityTypes }: Vocabulary): Uid {
  const ids = entityTypes.find(({ name }) => name === type)?.ids ?? IDS.slice(0, 5);
  return {
    type,
    id: choices.chance(0.05)
      ? choices.pick(entityTypes.find(({ name }) => name === type)?.ids ?? IDS)
      : choices.pick(ids),
  };
}

export function uidSource({ type, id }: Uid): string {
  return `${type}::${quote(id)}`;
}

function plain(value: boolean | bigint | string): GeneratedValue {
  const source = typeof value === "string" ? quote(value) : `${value}`;
  return {
    explicit: value,
    implicit: value,
    source: typeof value === "bigint" && value < 0n ? `(${source})` : source,
  };
}

function extension(fn: string, arg: string): GeneratedValue {
  return { explicit: { __extn: { fn, arg } }, implicit: arg, source: `${fn}(${quote(arg)})` };
}

function entity({ type, id }: Uid): GeneratedValue {
  return { explicit: { __entity: { type, id } }, implicit: { type, id }, source: uidSource({ type, id }) };
}

function set(elements: readonly GeneratedValue[]): GeneratedValue {
  return {
    explicit: elements.map(({ explicit }) => explicit),
    implicit: elements.map(({ implicit }) => implicit),
    source: `[${elements.map(({ source }) => `(${source})`).join(", ")}]`,
  };
}

function genRecord(
  choices: Choices,
  attributes: Extract<Type, { kind: "Record" }>["attributes"],
  vocabulary: Vocabulary,
): GeneratedValue {
  const members = [...attributes]
    .filter(([, { required }]) => required || choices.chance(0.5))
    .map(([name, { type }]) => [name, genValue(choices, type, vocabulary)] as const);
  return {
    explicit: record(members.map(([name, { explicit }]) => [name, explicit])),
    implicit: record(members.map(([name, { implicit }]) => [name, implicit])),
    source: `{${members.map(([name, { source }]) => `${key(name)}: (${source})`).join(", ")}}`,
  };
}

/** Without a prototype, for attributes called `__proto__`. */
export function record(members: readonly (readonly [string, CallValue])[]): { [name: string]: CallValue } {
  const made: { [name: string]: CallValue } = Object.create(null);
  for (const [name, value] of members) made[name] = value;
  return made;
}
