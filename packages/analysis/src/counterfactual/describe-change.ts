import { type CedarValueJson, decodeValue } from "@cordon/engine";
import { type Change, isMembership, type ValueChange } from "./change.js";
import { valueText } from "./value-text.js";

/** Words after which any value will do that the condition takes, so that the one found is only an example. */
const EXACT =
  /^must (?:equal|be at (?:least|most)|be `(?:true|false)`|be empty|(?:not )?contain `|contain (?:all|none) of )/;

/**
 * A change of a fact as a sentence without its full stop: what it is, and what it must be.
 * `musts` are the requirements that led to it.
 */
export function describeChange(change: Change, musts: readonly string[] = []): string {
  if (!isMembership(change)) return describeValueChange(change, musts);
  const { kind, entity, parent } = change;
  return kind === "add_parent"
    ? `\`${entity}\` is not in \`${parent}\`, must be`
    : `\`${entity}\` is in \`${parent}\`, must not be`;
}

function describeValueChange({ path, from, to }: ValueChange, musts: readonly string[]): string {
  const is = from === undefined ? "is absent" : `is \`${jsonText(from)}\``;
  if (to === undefined) return `\`${path}\` ${is}, must be absent`;
  const value = jsonText(to);
  const [only, ...others] = musts;
  if (only === undefined) return `\`${path}\` ${is}, must be \`${value}\``;
  const all = [only, ...others.map((must) => must.replace(/^must (?:be such that )?/, ""))].join(" and ");
  const isExact = others.length === 0 && (EXACT.test(only) || only.includes(`\`${value}\``));
  return `\`${path}\` ${is}, ${all}${isExact ? "" : `, as \`${value}\` is`}`;
}

function jsonText(json: CedarValueJson): string {
  return valueText(decodeValue(json));
}
