import {
  type CedarValueJson,
  Datetime,
  Decimal,
  Duration,
  decodeValue,
  EngineError,
  EntityUid,
  IpAddr,
  type SchemaType,
  type Value,
} from "@cordon/engine";
import type { ColumnStorage } from "@cordon/planner/mapping";
import { expected, typeText } from "../strict-json.js";

/** What is in one column: text that a scalar was written as. @throws DataMismatch */
export type ReadText = (text: string, what: string) => Value;

/** How the text of a scalar of a type is read; undefined where the type can't be stored so. */
export function scalarReader(type: SchemaType, as: ColumnStorage): ReadText | undefined {
  switch (type.type) {
    case "String":
      return (text) => text;
    case "Long":
      return readLong;
    case "Boolean":
      return readBoolean;
    case "Entity":
      return (text) => EntityUid.of(type.name, text);
    case "Extension":
      return EXTENSIONS[type.name][as];
    default:
      return undefined;
  }
}

type Readers = Readonly<Partial<Record<ColumnStorage, ReadText>>>;

const EXTENSIONS: Readonly<Record<"datetime" | "duration" | "decimal" | "ipaddr", Readers>> = {
  datetime: {
    timestamptz: readTimestamp,
    timestamp: readTimestamp,
    milliseconds: (text, what) => new Datetime(readLong(text, what)),
  },
  duration: { milliseconds: (text, what) => new Duration(readLong(text, what)) },
  decimal: {
    numeric: readNumeric,
    units: (text, what) => readNumeric(fromUnits(String(readLong(text, what))), what),
  },
  ipaddr: { inet: readAddress, text: readAddress },
};

function readLong(text: string, what: string): number | bigint {
  if (!/^-?\d{1,19}$/.test(text)) throw expected("a Long", what);
  try {
    return decodeValue(BigInt(text) as CedarValueJson, { type: "Long" }) as number | bigint;
  } catch (error) {
    if (error instanceof EngineError) throw expected("a Long", what);
    throw error;
  }
}

function readBoolean(text: string, what: string): boolean {
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw expected("a Bool", what);
}

const TIMESTAMP = /^(\d{4,6})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:\+00)?$/;

/** ISO form in UTC, which is the time zone of every session. What is finer than a millisecond is dropped. */
function readTimestamp(text: string, what: string): Datetime {
  const [, year, month, day, hour, minute, second, fraction = ""] = TIMESTAMP.exec(text) ?? [];
  // A date that is none, such as MySQL's 0000-00-00, would roll over.
  if (year === undefined || month === "00" || day === "00") throw expected("a datetime", what);
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, "0"));
  date.setUTCHours(Number(hour), Number(minute), Number(second), milliseconds);
  return new Datetime(date.getTime());
}

function readNumeric(text: string, what: string): Decimal {
  const [, whole, fraction = ""] = /^(-?\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const digits = fraction.replace(/0+$/, "");
  if (whole === undefined || digits.length > 4) throw expected("a decimal", what);
  return parsed(() => Decimal.parse(`${whole}.${digits === "" ? "0" : digits}`), "decimal", what);
}

function fromUnits(units: string): string {
  const digits = units.replace("-", "").padStart(5, "0");
  return `${units.startsWith("-") ? "-" : ""}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

function readAddress(text: string, what: string): IpAddr {
  return parsed(() => IpAddr.parse(text), "ipaddr", what);
}

function parsed<T>(parse: () => T, name: "decimal" | "ipaddr", what: string): T {
  try {
    return parse();
  } catch {
    throw expected(`a ${typeText({ type: "Extension", name })}`, what);
  }
}
