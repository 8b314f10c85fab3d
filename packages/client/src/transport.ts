import { type AbortSignalLike, PlanUnavailable, RequestError } from "@cordon/engine";
import { parseJson } from "@cordon/engine/json";
import { nativePointer } from "./authzen/answer.js";
import { DeciderUnavailable, Unauthorized } from "./errors.js";

/** How to reach a server; see `ConnectOptions` for the meaning of each. */
export interface Endpoint {
  base: string;
  key: string | undefined;
  timeoutMs: number;
  fetch: typeof globalThis.fetch;
}

export interface Call {
  traceId?: string;
  /** In milliseconds; the wire has whole seconds, and demands rather too much than too little. */
  maxAge?: number;
  signal?: AbortSignalLike;
}

// An explanation nests as deep as the policy it explains.
const maxAnswerDepth = 2_000;

/**
 * Posts `body` and returns the parsed answer. Everything but a 200 with JSON becomes an error.
 * @throws DeciderUnavailable, or RequestError where the server found the request malformed (400, 413)
 */
export async function post(endpoint: Endpoint, path: string, body: string, call: Call): Promise<unknown> {
  const clock = startClock(endpoint.timeoutMs, call.signal);
  try {
    const response = await endpoint.fetch(endpoint.base + path, {
      method: "POST",
      headers: headersFor(endpoint, call),
      body,
      // A redirect would carry the key to wherever it points.
      redirect: "manual",
      signal: clock.signal,
    });
    const text = await response.text();
    if (response.status === 200) return parseAnswer(text);
    throw refusal(response, text);
  } catch (error) {
    if (isTold(error)) throw error;
    throw clock.explain(error, endpoint);
  } finally {
    clock.stop();
  }
}

function headersFor(endpoint: Endpoint, call: Call): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/json", accept: "application/json" };
  if (endpoint.key !== undefined) headers.authorization = `Bearer ${endpoint.key}`;
  if (call.traceId !== undefined) headers.traceparent = traceparent(call.traceId);
  if (call.maxAge !== undefined)
    headers["cordon-max-age"] = String(Math.max(0, Math.floor(call.maxAge / 1_000)));
  return headers;
}

/** W3C Trace Context, section 3.2: version 00, the caller's trace, a new span, sampled. */
function traceparent(traceId: string): string {
  if (!/^(?!0{32})[0-9a-f]{32}$/.test(traceId)) {
    throw new RequestError("invalid_trace_id", `\`${traceId}\` is not a W3C trace id`, {
      help: "a trace id is 32 lower-case hexadecimal digits, not all zero",
    });
  }
  const span = crypto.getRandomValues(new Uint8Array(8));
  // The all-zero span id is invalid.
  if (span.every((byte) => byte === 0)) span[7] = 1;
  const hex = Array.from(span, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `00-${traceId}-${hex}-01`;
}

function parseAnswer(text: string): unknown {
  try {
    return parseJson(text, { maxDepth: maxAnswerDepth });
  } catch (cause) {
    throw new DeciderUnavailable("bad_answer", "the server's answer is not JSON", { status: 200, cause });
  }
}

interface Problem {
  code?: unknown;
  detail?: unknown;
  title?: unknown;
  help?: unknown;
  pointer?: unknown;
}

/** Whether the error says what the server said. */
function isTold(error: unknown): boolean {
  return [DeciderUnavailable, RequestError, PlanUnavailable].some((kind) => error instanceof kind);
}

function refusal(response: Response, text: string): DeciderUnavailable | RequestError | PlanUnavailable {
  const { status } = response;
  const problem = parseProblem(text);
  const said = firstText(problem.detail, problem.title);
  const help = firstText(problem.help);
  const details = { status, ...(help === undefined ? {} : { help }) };
  if (status === 400 || status === 413) {
    return new RequestError(
      firstText(problem.code) ?? "bad_request",
      said ?? "the server can't read the request",
      {
        path: nativePointer(firstText(problem.pointer) ?? ""),
        ...(help === undefined ? {} : { help }),
      },
    );
  }
  const message = `the server answered ${status}${said === undefined ? "" : `: ${said}`}`;
  if (status === 401 || status === 403) return new Unauthorized(message, details);
  if (status === 503 && problem.code === "source_unavailable") return new PlanUnavailable(message, [], help);
  if (status === 429 || status === 503) return new DeciderUnavailable("overloaded", message, details);
  if (status === 0 || (status >= 300 && status < 400)) {
    return new DeciderUnavailable("bad_answer", `${message}: redirects are not followed`, {
      status,
      help: `use the address it points to${redirectTarget(response)}`,
    });
  }
  return new DeciderUnavailable("server_error", message, details);
}

function redirectTarget(response: Response): string {
  const target = response.headers.get("location");
  return target === null ? "" : `: ${target}`;
}

function parseProblem(text: string): Problem {
  try {
    const problem: unknown = JSON.parse(text);
    return typeof problem === "object" && problem !== null ? problem : {};
  } catch {
    return {};
  }
}

function firstText(...values: unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === "string" && value !== "");
}

interface Clock {
  signal: AbortSignal;
  /** Says why the call failed: the time was up, the caller gave up, or the network did. */
  explain(error: unknown, endpoint: Endpoint): DeciderUnavailable;
  stop(): void;
}

/** The time limit covers the answer's body too: a server that trickles must not hold a caller for ever. */
function startClock(timeoutMs: number, theirs: AbortSignalLike | undefined): Clock {
  const controller = new AbortController();
  let reason: "timeout" | "aborted" | undefined;
  const end = (why: "timeout" | "aborted") => {
    reason ??= why;
    controller.abort();
  };
  const timer = setTimeout(() => end("timeout"), timeoutMs);
  const abort = () => end("aborted");
  if (theirs?.aborted) abort();
  theirs?.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    explain: (cause, { base }) => {
      if (reason === "aborted")
        return new DeciderUnavailable("aborted", "the caller gave up waiting", { cause });
      if (reason === "timeout") {
        return new DeciderUnavailable("timeout", `no answer from \`${base}\` within ${timeoutMs} ms`, {
          cause,
        });
      }
      return new DeciderUnavailable("network", `can't reach \`${base}\`: ${rootMessage(cause)}`, {
        help: "check the address, and that the server runs",
        cause,
      });
    },
    stop: () => {
      clearTimeout(timer);
      theirs?.removeEventListener("abort", abort);
    },
  };
}

/** Fetch says only `fetch failed`; the errors inside say what happened. */
function rootMessage(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return rootMessage(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : rootMessage(error.cause);
}
