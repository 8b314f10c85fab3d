import { stringifyJson } from "@cordon/engine/json";

/** Every kind of problem that this server answers with, by its code; the documentation page lists them. */
export const PROBLEMS = {
  invalid_json: [400, "The body is not valid JSON"],
  empty_body: [400, "The body is empty"],
  invalid_utf8: [400, "The body is not UTF-8"],
  invalid_content_type: [400, "The content type is not application/json"],
  unsupported_content_encoding: [400, "The body is compressed"],
  missing_member: [400, "A member is missing"],
  wrong_type: [400, "A member has the wrong type"],
  unknown_semantic: [400, "The evaluation semantic is unknown"],
  invalid_request: [400, "The request does not fit the schema of the policies"],
  invalid_parameter: [400, "A query parameter is wrong"],
  invalid_header: [400, "A header is wrong"],
  malformed_http: [400, "The request is not valid HTTP"],
  unauthenticated: [401, "A valid API key is needed"],
  missing_scope: [403, "The API key lacks a scope"],
  not_found: [404, "There is nothing at this path"],
  unknown_decision: [404, "The decision log has no such decision"],
  unknown_source: [404, "There is no source of that name"],
  log_off: [404, "The decision log is off"],
  method_not_allowed: [405, "The method is not allowed here"],
  request_timeout: [408, "The request took too long to arrive"],
  not_replayable: [409, "The decision cannot be answered again"],
  body_too_large: [413, "The body is too large"],
  too_many_evaluations: [413, "The batch has too many evaluations"],
  expectation_failed: [417, "The expectation cannot be met"],
  misdirected_request: [421, "This server does not answer for that host"],
  header_too_large: [431, "The header is too large"],
  internal_error: [500, "The server failed"],
  store_unavailable: [503, "The store cannot be used"],
  source_unavailable: [503, "A source gave no answer"],
  overloaded: [503, "The server is overloaded"],
  shutting_down: [503, "The server is shutting down"],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemKind = keyof typeof PROBLEMS;

export interface ProblemDetails {
  /** RFC 6901 pointer into the body of the member that is wrong; `""` is the body itself. */
  readonly pointer?: string;
  /** The query or path parameter that is wrong. */
  readonly parameter?: string;
  /** The header that is wrong. */
  readonly header?: string;
  readonly help?: string;
  /** A finer code than the kind's own name. */
  readonly code?: string;
  /** Position in the body, for JSON that can't be parsed; counted from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** An answer that is not the one asked for: an RFC 9457 problem. Nothing internal may enter it. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;

  constructor(
    readonly kind: ProblemKind,
    detail: string,
    readonly details: ProblemDetails = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.status = PROBLEMS[kind][0];
  }

  /** The `application/problem+json` body. */
  body(requestId: string): string {
    const { code = this.kind, ...where } = this.details;
    return stringifyJson({
      type: `/docs#${this.kind}`,
      title: PROBLEMS[this.kind][1],
      status: this.status,
      detail: this.message,
      code,
      ...where,
      request_id: requestId,
    });
  }
}
