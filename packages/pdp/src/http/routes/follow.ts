import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { stringifyJson } from "@cordon/engine/json";
import type { StoredRecord } from "../../log/index.js";
import type { Exchange } from "../exchange.js";
import { integer } from "../log-query.js";
import { ref } from "../openapi/schemas.js";
import type { Route } from "../route.js";
import type { Service } from "../service.js";
import { logOf, recordJson } from "./log-access.js";

const HEARTBEAT_MS = 15_000;

interface Format {
  readonly type: string;
  readonly heartbeat: string;
  record(record: StoredRecord): string;
}

const LINES: Format = {
  type: "application/x-ndjson",
  heartbeat: "\n",
  record: (record) => `${stringifyJson(recordJson(record))}\n`,
};

/** The event's id is the sequence number, so that a browser which reconnects goes on where it was cut off. */
const EVENTS: Format = {
  type: "text/event-stream",
  heartbeat: ":\n\n",
  record: (record) => `id: ${record.seq}\nevent: decision\ndata: ${stringifyJson(recordJson(record))}\n\n`,
};

export function followRoute(service: Service): Route {
  return {
    method: "GET",
    path: "/cordon/v1/decisions/follow",
    access: ["read_log"],
    doc: {
      id: "followDecisions",
      tag: "Decision log",
      summary: "Decisions as they are made",
      description:
        "One record a line (newline-delimited JSON), or server-sent events where the request accepts `text/event-stream`. Empty lines or comments every 15 seconds keep the connection alive. It ends when the caller goes or the server closes.",
      parameters: [
        {
          name: "after",
          in: "query",
          description: "Sequence number after which to begin, or `now`",
          schema: { type: "string", pattern: "^(now|[0-9]+)$", default: "now" },
        },
        {
          name: "Last-Event-ID",
          in: "header",
          description: "As browsers send it on reconnecting; wins over `after`",
          schema: { type: "string" },
        },
      ],
      answers: {
        "200": {
          description: "The records",
          content: { "application/x-ndjson": ref("DecisionRecord"), "text/event-stream": { type: "string" } },
        },
      },
      problems: ["log_off", "invalid_parameter"],
    },
    handle: (exchange) => follow(service, exchange),
  };
}

async function follow(service: Service, exchange: Exchange): Promise<void> {
  const log = logOf(service);
  const after = start(exchange);
  const format = exchange.req.headers.accept?.includes("text/event-stream") === true ? EVENTS : LINES;
  const { res } = exchange;
  if (exchange.req.method === "HEAD") {
    exchange.stream(format.type);
    res.end();
    return;
  }
  const gone = new AbortController();
  const stop = (): void => gone.abort();
  res.on("close", stop);
  service.closing.addEventListener("abort", stop);
  exchange.stream(format.type);
  const heartbeat = setInterval(() => res.write(format.heartbeat), HEARTBEAT_MS);
  try {
    for await (const record of log.follow(after, gone.signal)) {
      if (!res.write(format.record(record))) await drained(res, gone.signal);
      if (gone.signal.aborted) break;
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    service.closing.removeEventListener("abort", stop);
    clearInterval(heartbeat);
    res.end();
  }
}

function start(exchange: Exchange): number | "now" {
  const resumed = exchange.req.headers["last-event-id"];
  const [name, value] =
    typeof resumed === "string"
      ? ["last-event-id", resumed]
      : ["after", exchange.query.get("after") ?? "now"];
  return value === "now" ? "now" : integer(name, value, 0, Number.MAX_SAFE_INTEGER);
}

async function drained(res: ServerResponse, signal: AbortSignal): Promise<void> {
  try {
    await once(res, "drain", { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
