import { extensionFailure } from "../failure.js";
import type { Structured } from "./equality.js";
import { difference, type Long, sum, toLong } from "./long.js";

const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})/;
const TIME = /^T([0-9]{2}):([0-9]{2}):([0-9]{2})/;
const MS_AND_OFFSET = /^(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2}))$/;
const DURATION = /^-?(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?$/;
const DATETIME_HELP =
  "valid datetime strings start with `YYYY-MM-DD` and may optionally include `THH:MM:SS` plus `Z`, `.SSSZ`, or an offset like `+0700`";
const DURATION_HELP =
  "valid duration strings are concatenated quantity-unit pairs with an optional leading `-`, for example `1d2h3m4s50ms`";
const FIRST_MS = -62_167_219_200_000;
const LAST_MS = 253_402_300_799_999;
const DAY_MS = 86_400_000n;
const UNITS = ["d", "h", "m", "s", "ms"] as const;
const UNIT_MS = [DAY_MS, 3_600_000n, 60_000n, 1000n, 1n] as const;
const DAY = Number(DAY_MS);

/** A Cedar `datetime`: milliseconds since 1970-01-01, UTC, in 64 bits. */
export class Datetime implements Structured {
  readonly ms: Long;

  constructor(ms: Long) {
    this.ms = ms;
  }

  /** @throws Failure where Cedar's `datetime` constructor would */
  static parse(text: string): Datetime {
    const date = DATE.exec(text);
    if (date === null) throw invalidDatetime("invalid date pattern");
    const midnight = epochDays(Number(date[1]), Number(date[2]), Number(date[3]));
    if (midnight === undefined) throw invalidDatetime(`invalid date: ${date[0]}`);
    const rest = text.slice(date[0].length);
    return new Datetime(midnight * DAY + (rest === "" ? 0 : parseTime(rest)));
  }

  equals(other: object): boolean {
    return other instanceof Datetime && this.ms === other.ms;
  }

  identity(): string {
    return `t${this.ms};`;
  }

  offset(duration: Duration): Datetime {
    const ms = sum(this.ms, duration.ms);
    if (ms === undefined) {
      throw extensionFailure("offset", `overflows when adding an offset: ${this}+(${duration.ms}ms)`);
    }
    return new Datetime(ms);
  }

  durationSince(earlier: Datetime): Duration {
    const ms = difference(this.ms, earlier.ms);
    if (ms === undefined) {
      throw extensionFailure(
        "durationSince",
        `overflows when computing the duration between ${this} and ${earlier}`,
      );
    }
    return new Duration(ms);
  }

  /** Midnight, UTC, of the same day. */
  toDate(): Datetime {
    const ms = difference(this.ms, this.toTime().ms);
    if (ms === undefined) {
      throw extensionFailure("toDate", `overflows when computing the date of ${this}`);
    }
    return new Datetime(ms);
  }

  /** The time since midnight, UTC. */
  toTime(): Duration {
    const remainder = typeof this.ms === "number" ? this.ms % DAY : Number(this.ms % DAY_MS);
    // Adding 0 turns -0 into 0.
    return new Duration(remainder < 0 ? remainder + DAY : remainder + 0);
  }

  /** What the constructor reads back to this value, in UTC; undefined outside the years 0 to 9999. */
  toCalendarText(): string | undefined {
    const ms = Number(this.ms);
    if (ms < FIRST_MS || ms > LAST_MS) return undefined;
    const text = new Date(ms).toISOString();
    return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.replace(".000Z", "Z");
  }

  /** As Cedar source: the one form in which every value of the type can be written. */
  toString(): string {
    return `datetime("1970-01-01").offset(duration("${this.ms}ms"))`;
  }
}

/** A Cedar `duration`: milliseconds, in 64 bits. */
export class Duration implements Structured {
  readonly ms: Long;

  constructor(ms: Long) {
    this.ms = ms;
  }

  /** @throws Failure where Cedar's `duration` constructor would */
  static parse(text: string): Duration {
    const match = text === "" || text === "-" ? null : DURATION.exec(text);
    if (match === null) throw invalidDuration("invalid duration pattern");
    const negative = text.startsWith("-");
    let total = 0n;
    for (const [index, unit] of UNIT_MS.entries()) {
      const amount = BigInt(match[index + 1] ?? "0") * unit;
      total += negative ? -amount : amount;
    }
    const ms = toLong(total);
    if (ms === undefined) throw invalidDuration("Duration overflows internal representation");
    return new Duration(ms);
  }

  equals(other: object): boolean {
    return other instanceof Duration && this.ms === other.ms;
  }

  identity(): string {
    return `p${this.ms};`;
  }

  /** Whole units, rounded towards zero. */
  in(unit: (typeof UNITS)[number]): Long {
    const size = UNIT_MS[UNITS.indexOf(unit)] ?? 1n;
    if (typeof this.ms === "bigint") return toLong(this.ms / size) ?? this.ms;
    const whole = this.ms - (this.ms % Number(size));
    return whole / Number(size) + 0;
  }

  /** What the constructor reads back to this value, in as large units as possible. */
  toString(): string {
    let rest = BigInt(this.ms);
    const sign = rest < 0n ? "-" : "";
    if (rest < 0n) rest = -rest;
    let text = "";
    for (const [index, unit] of UNIT_MS.entries()) {
      if (rest >= unit) text += `${rest / unit}${UNITS[index]}`;
      rest %= unit;
    }
    return text === "" ? "0ms" : sign + text;
  }
}

function invalidDatetime(message: string) {
  return extensionFailure("datetime", message, DATETIME_HELP);
}

function invalidDuration(message: string) {
  return extensionFailure("duration", message, DURATION_HELP);
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar; undefined for a day that does not exist. */
function epochDays(year: number, month: number, day: number): number | undefined {
  // Date.UTC takes the years 0 to 99 for 1900 to 1999: ask 400 years (146,097 days) later.
  const date = new Date(Date.UTC(year + 400, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.getTime() / DAY - 146_097;
}

/** Milliseconds to add to midnight for `THH:MM:SS` with milliseconds and offset. */
function parseTime(text: string): number {
  const time = TIME.exec(text);
  if (time === null) throw invalidDatetime("invalid hour/minute/second pattern");
  const zone = MS_AND_OFFSET.exec(text.slice(time[0].length));
  if (zone === null) throw invalidDatetime("invalid millisecond and/or offset pattern");
  const [hour, minute, second] = time.slice(1).map(Number) as [number, number, number];
  if (hour > 23 || minute > 59 || second > 59) {
    throw invalidDatetime(`invalid hour/minute/second: ${time[0].slice(1)}`);
  }
  const sinceMidnight = ((hour * 60 + minute) * 60 + second) * 1000 + Number(zone[1] ?? "0");
  if (zone[2] === undefined) return sinceMidnight;
  const [offsetHours, offsetMinutes] = [Number(zone[3]), Number(zone[4])];
  if (offsetHours > 23 || offsetMinutes > 59) {
    throw invalidDatetime(`invalid offset range: ${offsetHours}${offsetMinutes}`);
  }
  const offset = (offsetHours * 60 + offsetMinutes) * 60_000;
  return zone[2] === "+" ? sinceMidnight - offset : sinceMidnight + offset;
}
