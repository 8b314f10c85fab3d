import type { EvaluationError } from "../errors.js";
import type { Effect, PolicyId } from "../policy/types.js";
import type { CedarValueJson } from "../value/types.js";

export interface SourcePosition {
  file: string;
  line: number;
  column: number;
}

/** Why a request was answered as it was. */
export interface Explanation {
  decision: "allow" | "deny";
  /** Determining first, then errors, then near misses by number of failing parts, then the rest. */
  policies: PolicyExplanation[];
}

export interface PolicyExplanation {
  policyId: PolicyId;
  effect: Effect;
  annotations: Record<string, string>;
  outcome: "satisfied" | "not_satisfied" | "error";
  determining: boolean;
  error?: EvaluationError;
  scope: ScopeExplanation[];
  clauses: ClauseExplanation[];
  position?: SourcePosition;
}

export interface ScopeExplanation {
  part: "principal" | "action" | "resource";
  text: string;
  holds: boolean;
}

export interface ClauseExplanation {
  kind: "when" | "unless";
  text: string;
  /** The value of the expression in the clause, so an `unless` clause is met by `false`. */
  outcome: boolean | "error" | "not_evaluated";
  error?: EvaluationError;
  position?: SourcePosition;
  trace: ExprTrace;
}

/** A sub-expression, and what it came to. */
export interface ExprTrace {
  text: string;
  /** What the expression is: an operator such as `&&`, `==` or `has`, or `literal`, `variable`, `.`, `if`, `set`, `record`, `call`. */
  operator: string;
  value?: CedarValueJson;
  error?: EvaluationError;
  /** False for what short-circuiting skipped. */
  evaluated: boolean;
  children: ExprTrace[];
}
