import type { Span } from "../syntax/index.js";

/** How often something came to which outcome. */
export interface Seen {
  true: number;
  false: number;
  error: number;
}

/** A part of a clause that is true or false by itself: the clause, an operand of `&&`, `||`, `!`, a part of an `if`. */
export interface ConditionCoverage {
  /** As it is written. */
  readonly text: string;
  /** In UTF-16 offsets into the file. */
  readonly span: Span;
  readonly line: number;
  readonly column: number;
  /** Whether it has no conditions within it; only such count, for the others follow from them. */
  readonly isLeaf: boolean;
  /** A literal `true` or `false`, which nobody can see the other way. */
  readonly isConstant: boolean;
  readonly seen: Seen;
  readonly children: readonly ConditionCoverage[];
}

export interface PolicyCoverage {
  readonly policyId: string;
  readonly effect: "permit" | "forbid";
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** From the first annotation to the semicolon, in UTF-16 offsets into the file. */
  readonly span: Span;
  /** `true`: it applied; `false`: its scope fitted and a clause kept it from applying. */
  readonly seen: Seen;
  /** One a clause. */
  readonly clauses: readonly ConditionCoverage[];
}

export interface FileCoverage {
  readonly file: string;
  readonly text: string;
  readonly policies: readonly PolicyCoverage[];
}

export interface Coverage {
  readonly files: readonly FileCoverage[];
  /** How many questions it was gathered from. */
  readonly questions: number;
}

/** Counts of what there is to see, and of what was seen. */
export interface Totals {
  policies: number;
  /** Those that applied at least once. */
  policiesSeen: number;
  /** Two for each condition: true and false. */
  outcomes: number;
  outcomesSeen: number;
}

export function totalsOf(policies: Iterable<PolicyCoverage>): Totals {
  const totals: Totals = { policies: 0, policiesSeen: 0, outcomes: 0, outcomesSeen: 0 };
  for (const policy of policies) {
    totals.policies += 1;
    totals.policiesSeen += policy.seen.true > 0 ? 1 : 0;
    for (const { seen } of countedConditions(policy)) {
      totals.outcomes += 2;
      totals.outcomesSeen += (seen.true > 0 ? 1 : 0) + (seen.false > 0 ? 1 : 0);
    }
  }
  return totals;
}

/** The conditions that count: leaves that can be either way. */
export function countedConditions({ clauses }: PolicyCoverage): ConditionCoverage[] {
  return clauses.flatMap(leavesOf).filter(({ isConstant }) => !isConstant);
}

export function leavesOf(condition: ConditionCoverage): ConditionCoverage[] {
  return condition.isLeaf ? [condition] : condition.children.flatMap(leavesOf);
}

/** A share as a whole percentage that is 100 only when nothing is missing. */
export function percent(seen: number, all: number): number {
  return all === 0 ? 100 : Math.floor((seen / all) * 100);
}
