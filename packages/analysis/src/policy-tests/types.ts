import type { Diagnostic } from "@cordon/cedar";
import type { Bundle, Decision, EntityStore, Explanation, RequestError } from "@cordon/engine";
import type { ProjectEntities } from "@cordon/pdp/pipeline";
import type { Expectation } from "./format.js";

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One question, and everything that its answer depends on. */
export interface Question {
  /** A native request, as a caller would send it. */
  readonly request: unknown;
  readonly now: Date;
  readonly entities: ProjectEntities;
}

/** One case: a row of a table is one too. */
export interface TestCase extends Question {
  readonly name: string;
  readonly place: Place;
  readonly expected: Expectation;
}

export interface Matrix {
  readonly name: string;
  readonly place: Place;
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** By resource, principal and action, in the orders above. */
  readonly cells: readonly MatrixCell[];
  readonly snapshot: Snapshot | null;
}

export interface MatrixCell extends Question {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
}

/** A reviewed grid in a file. */
export interface Snapshot {
  /** Relative to the project. */
  readonly path: string;
  /** Undefined where there is no such file yet. */
  readonly text: string | undefined;
}

export interface TestFile {
  readonly file: string;
  readonly cases: readonly TestCase[];
  readonly matrices: readonly Matrix[];
}

/** A project with its tests, read and valid. */
export interface TestSuite {
  readonly directory: string;
  readonly bundle: Bundle;
  readonly store: EntityStore;
  readonly files: readonly TestFile[];
  readonly warnings: readonly Diagnostic[];
  /** The path of the schema in `texts`; undefined for a project without one. */
  readonly schemaFile: string | undefined;
  readonly texts: ReadonlyMap<string, string>;
}

export type Answered = { readonly decision: Decision } | { readonly refused: RequestError };

/** One respect in which an answer is not what was expected. */
export interface Difference {
  readonly what: "decision" | "policies" | "reason" | "obligations" | "errors" | "ignored" | "error";
  readonly expected: string | readonly string[];
  readonly actual: string | readonly string[];
}

export interface CaseResult {
  readonly kind: "case";
  readonly test: TestCase;
  readonly answer: Answered;
  readonly differences: readonly Difference[];
  /** Why the answer is what it is; of failed cases only. */
  readonly explanation: Explanation | null;
}

export interface MatrixResult {
  readonly kind: "matrix";
  readonly matrix: Matrix;
  readonly grid: Grid;
  readonly outcome: "same" | "differs" | "missing" | "drawn" | "unreadable";
  readonly changes: readonly CellChange[];
}

export type Mark = "allow" | "deny" | "forbid" | "error" | "inapplicable";

/** By resource, then principal, then action. */
export type Grid = readonly { readonly cell: MatrixCell; readonly mark: Mark; readonly why: string }[];

export interface CellChange {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Undefined where the reviewed grid has no such cell. */
  readonly before: Mark | undefined;
  /** Undefined where only the reviewed grid has it. */
  readonly after: Mark | undefined;
  readonly why: string;
}

export interface FileResult {
  readonly file: string;
  readonly cases: readonly CaseResult[];
  readonly matrices: readonly MatrixResult[];
  readonly durationMs: number;
}

export interface RunResult {
  readonly files: readonly FileResult[];
  readonly questions: number;
  readonly passed: number;
  readonly failed: number;
  readonly durationMs: number;
}
