import { describeValue, EntityUid } from "@cordon/engine";
import { quoteText } from "@cordon/engine/expression";
import { entityTypeOf, kindOf } from "./kinds.js";
import { literalValue } from "./literals.js";
import { isTerm } from "./strict-terms.js";
import type { Atom, Literal, Predicate, Term } from "./types.js";

/** A predicate in words, one condition a line: nested as far as it nests. */
export function describePredicate(predicate: Predicate): string {
  return lines(predicate).join("\n");
}

function lines(predicate: Predicate): string[] {
  switch (predicate.kind) {
    case "always":
      return ["always"];
    case "never":
      return ["never"];
    case "unexpressed":
      return [`(decided row by row: \`${predicate.clause}\`)`];
    case "and":
    case "or": {
      const heading = predicate.kind === "and" ? "all of" : "any of";
      return [heading, ...predicate.operands.flatMap((operand) => indented(lines(operand)))];
    }
    default:
      return [describeAtom(predicate)];
  }
}

function indented(block: readonly string[]): string[] {
  return block.map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
}

const COMPARISONS = {
  "==": "is",
  "!=": "is not",
  "<": "is less than",
  "<=": "is at most",
  ">": "is more than",
  ">=": "is at least",
} as const;
const MOMENTS = { "<": "is before", "<=": "is not after", ">": "is after", ">=": "is not before" } as const;

function describeAtom(atom: Atom): string {
  switch (atom.kind) {
    case "defined":
      return `there is ${describeTerm(atom.term)}`;
    case "absent":
      return `there is no ${describeTerm(atom.term)}`;
    case "compare": {
      const words = kindOf(atom.left) === "datetime" ? { ...COMPARISONS, ...MOMENTS } : COMPARISONS;
      return `${describeTerm(atom.left)} ${words[atom.operator]} ${describeTerm(atom.right)}`;
    }
    case "among":
      return `${describeTerm(atom.term)} ${atom.negated ? "is none of" : "is one of"} ${listed(atom.values)}`;
    case "like":
      return `${describeTerm(atom.term)} ${atom.negated ? "is not like" : "is like"} ${patternText(atom.pattern)}`;
    case "contains":
      return `${describeTerm(atom.set)} ${atom.negated ? "doesn't contain" : "contains"} ${describeTerm(atom.element)}`;
    case "containsAll":
      return `${describeTerm(atom.left)} ${atom.negated ? "doesn't contain all of" : "contains all of"} ${describeTerm(atom.right)}`;
    case "containsAny":
      return `${describeTerm(atom.left)} ${atom.negated ? "contains none of" : "contains some of"} ${describeTerm(atom.right)}`;
    case "isEmpty":
      return `${describeTerm(atom.set)} ${atom.negated ? "is not empty" : "is empty"}`;
    case "within": {
      const of = isTerm(atom.of) ? describeTerm(atom.of) : listed(atom.of);
      return `${describeTerm(atom.member)} ${atom.negated ? "is not in" : "is in"} ${of}`;
    }
    case "inRange":
      return `${describeTerm(atom.address)} ${atom.negated ? "is not in range" : "is in range"} ${describeTerm(atom.range)}`;
    case "isIpv4":
      return `${describeTerm(atom.address)} is ${atom.negated ? "an IPv6" : "an IPv4"} address`;
  }
}

function describeTerm(term: Term): string {
  switch (term.kind) {
    case "literal":
      return describeLiteral(term.value);
    case "row":
      return `the ${noun(term)}`;
    case "session":
      return `the ${term.variable}`;
    case "attribute":
      return term.of.kind === "row" ? term.name : `${describeTerm(term.of)}.${term.name}`;
    case "tag":
      return `${term.of.kind === "row" ? "tag" : `${describeTerm(term.of)}'s tag`} ${describeTerm(term.key)}`;
    case "arithmetic":
      return `(${describeTerm(term.left)} ${term.operator} ${describeTerm(term.right)})`;
    case "call": {
      const [first, ...rest] = term.args.map(describeTerm);
      return `${first}.${term.fn}(${rest.join(", ")})`;
    }
  }
}

function noun(term: Term): string {
  const type = entityTypeOf(kindOf(term)) ?? "row";
  const name = type.slice(type.lastIndexOf(":") + 1);
  return `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
}

function listed(values: readonly Literal[]): string {
  const shown = values.map(describeLiteral);
  const last = shown.pop() ?? "nothing";
  return shown.length === 0 ? last : `${shown.join(", ")} or ${last}`;
}

function describeLiteral(literal: Literal): string {
  const value = literalValue(literal);
  return value instanceof EntityUid ? value.toString() : describeValue(value);
}

function patternText(pattern: readonly string[]): string {
  const pieces = pattern.map((piece) => quoteText(piece).slice(1, -1).replaceAll("*", "\\*"));
  return `"${pieces.join("*")}"`;
}
