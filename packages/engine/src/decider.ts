import type { Explanation } from "./explain/types.js";
import type { Effect, PolicyId } from "./policy/types.js";

/** `User::"ann"`, or type and id with the attributes that the caller vouches for. */
export type EntityInput = string | { type: string; id: string; properties?: Record<string, unknown> };

/** `ticket:read` or `Action::"ticket:read"`; properties become `context.action`. */
export type ActionInput = string | { name: string; properties?: Record<string, unknown> };

export interface DecisionRequest {
  principal: EntityInput;
  action: ActionInput;
  resource: EntityInput;
  context?: Record<string, unknown>;
  /** What the decision point verifies itself. Never evaluated as it is, never logged, never explained. */
  credentials?: Credentials;
}

/**
 * What came with a request and proves or tells who asks, from where and on what, passed on unchanged by the
 * gate. Only a source of the decision point makes anything of it.
 */
export interface Credentials {
  /** The bearer token, without the word `Bearer`. */
  token?: string;
  /** The address at the other end of the gate's connection. */
  ip?: string;
  /** The header `X-Forwarded-For` as it came; several of them joined by commas. */
  forwardedFor?: string;
  deviceId?: string;
  /** The certificate that the client showed: PEM, or the SHA-256 of its DER form in hexadecimal digits. */
  clientCertificate?: string;
}

export interface DecideOptions {
  /** W3C trace id: 32 hexadecimal digits. */
  traceId?: string;
  /** Who asks, for the decision log. */
  caller?: string;
  /** How old data from sources may be, in milliseconds, where that is less than the project allows. */
  maxAge?: number;
  signal?: AbortSignalLike;
}

/** What the engine needs of the platform's AbortSignal, which it cannot name: it has no ambient types. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

export interface DecideManyOptions extends DecideOptions {
  semantic?: EvaluationSemantic;
}

/** AuthZEN 1.0, section 6.1.2.1: the short-circuit semantics return the items answered so far. */
export type EvaluationSemantic = "execute_all" | "deny_on_first_deny" | "permit_on_first_permit";

export type ReasonCode =
  | "permitted"
  | "no_permit"
  | "forbidden"
  | "forbid_errored"
  | "unknown_principal_type"
  | "unknown_resource_type"
  | "unknown_action"
  | "action_not_applicable"
  | "source_unavailable"
  | "identity_unverified"
  | "log_unavailable";

export interface Decision {
  decision: "allow" | "deny";
  /** UUIDv7; the id of this decision's record in the log. */
  id: string;
  bundleId: string;
  reason: { code: ReasonCode; message: string };
  /** The determining policies; `reason` is the policy's `@reason` annotation. */
  policies: { id: PolicyId; effect: Effect; reason?: string }[];
  errors: { policyId: PolicyId; message: string }[];
  /** From `@obligation("a, b")` of the determining policies. */
  obligations: { id: string; policyId: PolicyId }[];
  /** JSON pointers to request members that were accepted and not used. */
  ignored: string[];
  /** Sources whose data was older than it should be, because nothing newer could be had; absent where there are none. */
  stale?: { source: string; ageMs: number }[];
  /** Sources that gave no answer, where the reason is `source_unavailable`. */
  unavailable?: { source: string; code: string; message: string }[];
}

/** What a decision asked sources for, and what it could do without. */
export interface FetchReport {
  /** How often it had to ask before it could go on. */
  rounds: number;
  fetched: {
    source: string;
    entity: string;
    /** False: the source says that there is no such entity. */
    exists: boolean;
    attributes: string[];
    parents: boolean;
    /** RFC 3339: what it says is not older. */
    at: string;
    ageMs: number;
    stale?: true;
  }[];
  /** Members of the context that sources gave. */
  context: { source: string; member: string; at: string; stale?: true }[];
  failed: { source: string; entity?: string; code: string; message: string }[];
  /** What a source could have said of the entities looked at, and was not asked. */
  notFetched: { source: string; entity?: string; what: string[] }[];
  /** Policies left open, because the rest could not change the decision or could not be had. */
  openPolicies: PolicyId[];
}

/** The failure of one item of a batch. A gate treats it as a deny. */
export interface DecisionFailure {
  error: { code: string; message: string; help?: string; path?: string };
}

/** The one interface that gates take, implemented in-process and remotely. */
export interface Decider {
  /** @throws RequestError for a malformed request */
  decide(request: DecisionRequest, options?: DecideOptions): Promise<Decision>;
  /** Answers in the order asked; a malformed item fails alone. */
  decideMany(
    requests: readonly DecisionRequest[],
    options?: DecideManyOptions,
  ): Promise<(Decision | DecisionFailure)[]>;
  explain(request: DecisionRequest, options?: DecideOptions): Promise<Explained>;
}

export interface Explained {
  decision: Decision;
  /** Of the policies that were evaluated to the end. */
  explanation: Explanation;
  /** Absent where the project has no sources. */
  sources?: FetchReport;
}

/** A request that cannot be decided because it is malformed (HTTP 400), not denied. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code: string;
  readonly help: string;
  /** JSON pointer into the request. */
  readonly path: string;

  constructor(code: string, message: string, options: { help?: string; path?: string } = {}) {
    super(message);
    this.code = code;
    this.help = options.help ?? "";
    this.path = options.path ?? "";
  }
}
