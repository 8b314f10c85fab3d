import { extensionFailure } from "../failure.js";
import type { Structured } from "./equality.js";
import { type Long, toLong } from "./long.js";

const PATTERN = /^(-?\p{Nd}+)\.(\p{Nd}+)$/u;
const ASCII_NUMBER = /^-?[0-9]+$/;
const FRACTION_DIGITS = 4;
const RANGE = "the value must be in range -922337203685477.5808 to 922337203685477.5807";
const FORM =
  "valid decimal strings look like `12.34`: digits are required on both sides of `.`, " +
  `up to 4 fractional digits are allowed, and ${RANGE}`;

/** A Cedar `decimal`: a 64-bit count of ten-thousandths. */
export class Decimal implements Structured {
  readonly units: Long;

  private constructor(units: Long) {
    this.units = units;
  }

  /** @throws Failure where Cedar's `decimal` constructor would */
  static parse(text: string): Decimal {
    const match = PATTERN.exec(text);
    const [, whole, fraction] = match ?? [];
    if (whole === undefined || fraction === undefined) {
      throw extensionFailure("decimal", `\`${text}\` is not a well-formed decimal value`, FORM);
    }
    const scaledWhole = scale(whole, FRACTION_DIGITS);
    if (fraction.length > FRACTION_DIGITS) {
      throw extensionFailure(
        "decimal",
        `too many digits after the decimal in \`${text}\``,
        `at most ${FRACTION_DIGITS} digits are supported`,
      );
    }
    const scaledFraction = scale(fraction, FRACTION_DIGITS - fraction.length);
    const sum = whole.startsWith("-") ? scaledWhole - scaledFraction : scaledWhole + scaledFraction;
    const units = toLong(sum);
    if (units === undefined) throw overflow();
    return new Decimal(units);
  }

  equals(other: object): boolean {
    return other instanceof Decimal && this.units === other.units;
  }

  identity(): string {
    return `d${this.units};`;
  }

  /** The shortest text that the constructor reads back to the same value. */
  toString(): string {
    const negative = this.units < 0;
    const digits = String(negative ? -this.units : this.units).padStart(FRACTION_DIGITS + 1, "0");
    const fraction = digits.slice(-FRACTION_DIGITS).replace(/0+$/, "") || "0";
    return `${negative ? "-" : ""}${digits.slice(0, -FRACTION_DIGITS)}.${fraction}`;
  }
}

/** Cedar's pattern admits any Unicode digit, and its conversion then fails on all but ASCII as an overflow. */
function scale(digits: string, places: number): bigint {
  if (!ASCII_NUMBER.test(digits)) throw overflow();
  const scaled = BigInt(digits) * 10n ** BigInt(places);
  if (toLong(scaled) === undefined) throw overflow();
  return scaled;
}

function overflow() {
  return extensionFailure("decimal", "overflow when converting to decimal", RANGE);
}
