import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { Problem, type ProblemKind } from "./problem.js";

const KINDS: Record<string, readonly [ProblemKind, string]> = {
  HPE_HEADER_OVERFLOW: ["header_too_large", "the header has more than 16384 bytes"],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ["body_too_large", "the chunk extensions of the body are too large"],
  ERR_HTTP_REQUEST_TIMEOUT: ["request_timeout", "the request did not arrive in time"],
};

/** The problem behind an error of the HTTP parser, which has no request yet that could be answered. */
export function parserProblem(error: Error & { code?: string }): Problem {
  const [kind, detail] = KINDS[error.code ?? ""] ?? ["malformed_http", "the request is not valid HTTP/1.1"];
  return new Problem(kind, detail);
}

/** Writes an answer past Node's machinery, then closes the connection: what follows can't be told apart. */
export function answerRaw(socket: Duplex, problem: Problem): void {
  // Node leaves such a socket without a listener, and a client that is gone by now would end the process.
  socket.on("error", () => {});
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = randomUUID();
  const body = problem.body(requestId);
  const headers = {
    "content-type": "application/problem+json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-request-id": requestId,
    connection: "close",
    ...problem.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join("")}\r\n${body}`);
}
