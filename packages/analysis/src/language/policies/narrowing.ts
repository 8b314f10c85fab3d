import type { Token } from "@cordon/cedar";
import { isString } from "../text/tokens.js";
import { operandStart, operandText } from "./operands.js";
import { nesting, type PolicyWindow } from "./policy-window.js";
import { readPath } from "./scope-reading.js";

/** What `… is T` says of expressions, by their text, where control gets to a place in a policy. */
export type Narrowing = ReadonlyMap<string, string>;

/** Of the place before a token: what its clause established on the way there, and the clauses before it. */
export function narrowingAt(window: PolicyWindow, index: number): Narrowing {
  const found = new Map<string, string>();
  for (const { kind, start, end } of window.clauses) {
    if (start > index) break;
    const isHere = index <= end;
    // Behind an `unless` its condition is false, which says nothing of this kind.
    if (isHere || kind === "when") {
      for (const [text, type] of walk(window.tokens, start, isHere ? index : end)) found.set(text, type);
    }
    if (isHere) break;
  }
  return found;
}

/** One level of brackets: what holds there, and whether it is still a plain conjunction. */
interface Level {
  facts: [string, string][];
  /** Facts of the condition of an `if`, which hold in its `then`. */
  negated: boolean;
}

function walk(tokens: readonly Token[], start: number, end: number): Map<string, string> {
  const levels: Level[] = [{ facts: [], negated: false }];
  for (let at = start; at < end; at++) {
    const token = tokens[at];
    const level = levels.at(-1);
    if (token === undefined || level === undefined || isString(token)) continue;
    const step = nesting(token);
    if (step > 0) {
      levels.push({ facts: [], negated: tokens[at - 1]?.text === "!" });
    } else if (step < 0) {
      const inner = levels.length > 1 ? levels.pop() : undefined;
      if (inner !== undefined && !inner.negated && token.text === ")")
        levels.at(-1)?.facts.push(...inner.facts);
    } else if (token.text === "||" || token.text === "else" || token.text === "if") level.facts = [];
    else if (token.text === "is") {
      const left = operandStart(tokens, at - 1, start);
      const type = readPath(tokens, at + 1);
      if (left === null || type === null || type.id !== null || tokens[left - 1]?.text === "!") continue;
      level.facts.push([operandText(tokens, left, at), type.type]);
    }
  }
  return new Map(levels.flatMap(({ facts }) => facts));
}
