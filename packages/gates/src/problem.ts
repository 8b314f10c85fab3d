import type { ServerResponse } from "node:http";

/** Why a request does not reach its handler. */
export interface Refusal {
  status: 400 | 401 | 403 | 503;
  detail: string;
  decisionId?: string;
}

const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  503: "Service Unavailable",
} as const;

/** Headers that each status owes to the client: RFC 9110, sections 11.6.1 and 10.2.3. */
const HEADERS: Partial<Record<Refusal["status"], [string, string]>> = {
  401: ["WWW-Authenticate", "Bearer"],
  503: ["Retry-After", "1"],
};

/**
 * Answers with an RFC 9457 problem. It carries the decision id, by which the decision log tells the
 * reason to those who may read it, and nothing of the policies themselves.
 */
export function sendProblem(response: ServerResponse, { status, detail, decisionId }: Refusal): void {
  const header = HEADERS[status];
  if (header) response.setHeader(...header);
  response.statusCode = status;
  response.setHeader("Content-Type", "application/problem+json");
  response.setHeader("Cache-Control", "no-store");
  response.end(JSON.stringify({ type: "about:blank", title: TITLES[status], status, detail, decisionId }));
}
