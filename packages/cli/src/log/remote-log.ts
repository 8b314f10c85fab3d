import type { Bundle } from "@cordon/engine";
import { parseJson } from "@cordon/engine/json";
import type { StoredRecord, VerifyResult } from "@cordon/pdp";
import { CommandError } from "../failure.js";
import type { LogReader, ReplayedDecision } from "./log-reader.js";

const patienceMs = 60_000;
// An explanation nests as deep as the policy it explains.
const maxAnswerDepth = 2_000;

/** The log behind a running server; the key needs the scope `read-log`. */
export function openRemoteLog(server: string, key: string | undefined): LogReader {
  const base = baseOf(server);
  const get = (path: string, signal = AbortSignal.timeout(patienceMs)) => request(base + path, key, signal);
  return {
    list: async (filter) => {
      const query = new URLSearchParams(
        Object.entries(filter).map(([name, value]): [string, string] => [name, String(value)]),
      );
      const page = await answer<{ decisions: StoredRecord[]; next: string | null }>(
        await get(`/cordon/v1/decisions?${query}`),
      );
      return { records: page.decisions, next: page.next };
    },
    get: async (id) => {
      const response = await get(`/cordon/v1/decisions/${encodeURIComponent(id)}`);
      return response.status === 404 ? notThere(response) : answer<StoredRecord>(response);
    },
    verify: async (pinned) => {
      const query = pinned === undefined ? "" : `?pinned=${pinned.seq}:${pinned.hash}`;
      return answer<VerifyResult>(await get(`/cordon/v1/decisions/verify${query}`));
    },
    follow: (afterSeq, signal) =>
      follow(() => get(`/cordon/v1/decisions/follow?after=${afterSeq}`, signal), signal),
    replay: async (id) =>
      answer<ReplayedDecision>(await get(`/cordon/v1/decisions/${encodeURIComponent(id)}/explain`)),
    bundle: async (id) => {
      const current = await answer<Bundle>(await get("/cordon/v1/bundle"));
      return current.id === id ? current : undefined;
    },
    close: async () => {},
  };
}

function baseOf(server: string): string {
  if (URL.canParse(server) && /^https?:/.test(server)) return server.replace(/\/+$/, "");
  throw new CommandError("invalid_argument", `\`${server}\` is not the URL of a server`, {
    help: "give a URL such as `http://127.0.0.1:8181`",
  });
}

async function request(url: string, key: string | undefined, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};
  try {
    // A redirect would carry the key to wherever it points.
    return await fetch(url, { headers, signal, redirect: "manual" });
  } catch (cause) {
    throw new CommandError("server_answer", `can't reach \`${new URL(url).origin}\`: ${rootMessage(cause)}`, {
      help: "check the address, and that the server runs",
      cause,
    });
  }
}

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (response.status !== 200) throw refusal(response.status, text);
  try {
    return parseJson(text, { maxDepth: maxAnswerDepth }) as T;
  } catch (cause) {
    throw new CommandError("server_answer", "the server's answer is not JSON", {
      help: "check that the URL is that of a Cordon server and not of something before it",
      cause,
    });
  }
}

/** Undefined where the log has no such decision; a server without a log says so with another code. */
async function notThere(response: Response): Promise<undefined> {
  const text = await response.text();
  if (problemOf(text).code !== "unknown_decision") throw refusal(response.status, text);
}

async function* follow(open: () => Promise<Response>, signal: AbortSignal): AsyncIterable<StoredRecord> {
  const response = await open();
  if (response.status !== 200 || response.body === null)
    throw refusal(response.status, await response.text());
  let rest = "";
  try {
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.trim() !== "") yield parseJson(line) as unknown as StoredRecord;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

interface ProblemBody {
  code?: string;
  detail?: string;
  help?: string;
}

function problemOf(text: string): ProblemBody {
  try {
    return (JSON.parse(text) as ProblemBody | null) ?? {};
  } catch {
    return {};
  }
}

function refusal(status: number, text: string): CommandError {
  const { detail, help } = problemOf(text);
  const advice = help ?? (status === 401 ? "give a key with --key or CORDON_KEY" : undefined);
  return new CommandError(
    "server_answer",
    `the server answered ${status}${detail === undefined ? "" : `: ${detail}`}`,
    advice === undefined ? {} : { help: advice },
  );
}

function rootMessage(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return rootMessage(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : rootMessage(error.cause);
}
