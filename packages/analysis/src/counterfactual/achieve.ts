import { CedarSet, Datetime, Decimal, Duration, IpAddr, type Value } from "@cordon/engine";
import { atTimeOfDay, fromUnits, toLong, unitsOf } from "./arithmetic.js";
import type { Node } from "./node.js";
import { placeOf } from "./place.js";
import { type Proposal, type Scene, setPlace } from "./proposal.js";

/** What is wanted of a value, in words, both for the value itself and where it is only a part of a sum. */
export interface Wanted {
  readonly value: Value;
  /** ``must be at most `5` `` */
  readonly must: string;
  /** The condition as a whole, as it is wanted: `` `a < b` ``, or `` `a < b` is false``. */
  readonly condition: string;
}

/** How many milliseconds each of Duration's conversions counts in. */
const UNIT_MS: Readonly<Record<string, bigint>> = {
  toMilliseconds: 1n,
  toSeconds: 1000n,
  toMinutes: 60_000n,
  toHours: 3_600_000n,
  toDays: 86_400_000n,
};

/**
 * The single changes that make an expression come to a value, computed backwards through arithmetic and the
 * methods of the extension types down to the facts it reads.
 */
export function achieve(node: Node, wanted: Wanted, scene: Scene): Proposal[] {
  const place = placeOf(node, scene.facts, scene.schema);
  if (place !== undefined) return setPlace(place, wanted.value, wanted.must, scene);
  const into = (part: Node | undefined, value: Value | undefined): Proposal[] =>
    part === undefined || value === undefined
      ? []
      : achieve(part, { ...wanted, value, must: within(wanted) }, scene);
  switch (node.operator) {
    case "+":
    case "-":
    case "*":
      return achieveSum(node, wanted.value, into);
    case "neg":
      return into(node.children[0], longOf(negated(unitsOf(wanted.value))));
    case "if": {
      const [test, then, otherwise] = node.children;
      return typeof test?.value === "boolean" ? into(test.value ? then : otherwise, wanted.value) : [];
    }
    case "call":
      return achieveCall(node, wanted.value, into);
    default:
      return [];
  }
}

function within({ condition }: Wanted): string {
  return `must be such that ${condition}`;
}

type Into = (part: Node | undefined, value: Value | undefined) => Proposal[];

function achieveSum({ operator, children: [left, right] }: Node, wanted: Value, into: Into): Proposal[] {
  const [total, a, b] = [unitsOf(wanted), unitsOf(left?.value), unitsOf(right?.value)];
  if (total === undefined || a === undefined || b === undefined) return [];
  switch (operator) {
    case "+":
      return [...into(left, toLong(total - b)), ...into(right, toLong(total - a))];
    case "-":
      return [...into(left, toLong(total + b)), ...into(right, toLong(a - total))];
    default:
      return [
        ...factors(total, b).flatMap((n) => into(left, n)),
        ...factors(total, a).flatMap((n) => into(right, n)),
      ];
  }
}

/** What times `by` comes to `total`, or to what is next to it on either side. */
function factors(total: bigint, by: bigint): Value[] {
  if (by === 0n) return [];
  const quotient = total / by;
  const near = total % by === 0n ? [quotient] : [quotient - 1n, quotient, quotient + 1n];
  return near.map(toLong).filter((value) => value !== undefined);
}

function negated(units: bigint | undefined): bigint | undefined {
  return units === undefined ? undefined : -units;
}

function longOf(units: bigint | undefined): Value | undefined {
  return units === undefined ? undefined : toLong(units);
}

function achieveCall({ name, children: [of, arg] }: Node, wanted: Value, into: Into): Proposal[] {
  const [start, given] = [of?.value, arg?.value];
  const unit = UNIT_MS[name];
  if (unit !== undefined) {
    const count = unitsOf(wanted);
    return count === undefined ? [] : into(of, fromUnits(count * unit, new Duration(0)));
  }
  switch (name) {
    case "toTime":
      return start instanceof Datetime && wanted instanceof Duration
        ? into(of, atTimeOfDay(start, wanted))
        : [];
    case "toDate":
      return start instanceof Datetime && wanted instanceof Datetime
        ? into(of, atTimeOfDay(wanted, start.toTime()))
        : [];
    case "offset":
      return [
        ...into(of, combined(wanted, given, -1n, new Datetime(0))),
        ...into(arg, combined(wanted, start, -1n, new Duration(0))),
      ];
    case "durationSince":
      return [
        ...into(of, combined(wanted, given, 1n, new Datetime(0))),
        ...into(arg, combined(start, wanted, -1n, new Datetime(0))),
      ];
    case "ip":
    case "decimal":
    case "datetime":
    case "duration":
      return into(of, textOf(wanted));
    default:
      return [];
  }
}

function combined(a: Value | undefined, b: Value | undefined, sign: bigint, like: Value): Value | undefined {
  const [x, y] = [unitsOf(a), unitsOf(b)];
  return x === undefined || y === undefined ? undefined : fromUnits(x + sign * y, like);
}

/** The text that a constructor of an extension type reads. */
function textOf(value: Value): string | undefined {
  if (value instanceof Datetime) return value.toCalendarText();
  if (value instanceof Decimal || value instanceof Duration || value instanceof IpAddr)
    return value.toString();
  return undefined;
}

/** The set with elements added or taken away. */
export function setWith(set: CedarSet, added: readonly Value[]): CedarSet {
  return CedarSet.of([...set, ...added]);
}

export function setWithout(set: CedarSet, taken: (element: Value) => boolean): CedarSet {
  return CedarSet.of([...set].filter((element) => !taken(element)));
}
