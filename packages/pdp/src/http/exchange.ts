import type { IncomingMessage, ServerResponse } from "node:http";
import { type JsonValue, stringifyJson } from "@cordon/engine/json";
import type { KeyScope } from "../store/index.js";
import { discardRest, readJson } from "./body.js";
import type { Outbox, ReadyAnswer } from "./outbox.js";
import type { Problem } from "./problem.js";

/** Who asks: the holder of an API key, or whoever reaches a loopback server that has no keys. */
export interface Caller {
  readonly name: string;
  /** `null`: no keys exist, so there is nothing to be allowed. */
  readonly scopes: readonly KeyScope[] | null;
}

type Headers = Readonly<Record<string, string>>;

const NO_HEADERS: Headers = {};
const JSON_ALONE: readonly string[] = ["application/json"];
const NOT_ASCII = /[^\x20-\x7e]/;

/** What every request of a server shares. */
export interface Connections {
  /** Whether answers ask their clients to close the connection, because the server is about to. */
  closing: boolean;
  readonly bodyLimit: number;
  readonly outbox: Outbox;
  /** Answers in the place of an answer that could not be made or written. */
  fail(exchange: Exchange, error: unknown): void;
}

/** One request and its answer. */
export class Exchange implements ReadyAnswer {
  /** The route's path template, for metrics and logs: never the path itself, which callers choose. */
  route = "none";
  params: Readonly<Record<string, string>> = {};
  caller: Caller | undefined;
  /** Set where the client waits for `100 Continue` before it sends its body. */
  awaitsContinue = false;
  #query: URLSearchParams | undefined;
  #status = 200;
  #answer = "";
  #answerHeaders = NO_HEADERS;

  constructor(
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
    readonly requestId: string,
    readonly path: string,
    readonly search: string,
    private readonly connections: Connections,
  ) {}

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.search);
    return this.#query;
  }

  /** Whether the caller asked for what helps to find a mistake in its own requests. */
  get debug(): boolean {
    return this.search !== "" && this.query.has("debug") && this.query.get("debug") !== "false";
  }

  /** @param types media types that it may have */
  body(types: readonly string[] = JSON_ALONE): Promise<JsonValue> {
    return readJson(this.req, types, this.connections.bodyLimit, () => {
      if (!this.awaitsContinue) return;
      this.awaitsContinue = false;
      this.res.writeContinue();
    });
  }

  /** Answers with JSON, once this turn of the event loop ends. */
  json(value: JsonValue, headers?: Headers, status?: number): void {
    this.jsonText(jsonText(value), headers, status);
  }

  jsonText(text: string, headers: Headers = NO_HEADERS, status = 200): void {
    this.#status = status;
    this.#answer = text;
    this.#answerHeaders = headers;
    this.connections.outbox.add(this);
  }

  write(): void {
    this.send(this.#status, "application/json", this.#answer, this.#answerHeaders);
  }

  fail(error: unknown): void {
    this.connections.fail(this, error);
  }

  problem(problem: Problem): void {
    // A client that still waits for leave to send its body may do so at any moment or never: no next request
    // can be told apart from that body.
    const headers = this.awaitsContinue ? { ...problem.headers, connection: "close" } : problem.headers;
    this.send(problem.status, "application/problem+json", problem.body(this.requestId), headers);
    if (!this.awaitsContinue) discardRest(this.req, this.res);
  }

  send(status: number, type: string, body: string | Buffer, headers: Headers = NO_HEADERS): void {
    const { res } = this;
    if (res.headersSent || res.destroyed) return;
    const more = ["content-type", type, "content-length", String(Buffer.byteLength(body))];
    res.writeHead(status, this.#head(headers, more));
    // Node would write header and text together as UTF-8, and so change the bytes of such a request id.
    res.end(typeof body === "string" && NOT_ASCII.test(this.requestId) ? Buffer.from(body) : body);
  }

  empty(status: number, headers: Headers): void {
    this.res.writeHead(status, this.#head(headers, []));
    this.res.end();
  }

  /** Begins an answer that has no end of its own; the caller writes and ends it. */
  stream(type: string): void {
    this.res.writeHead(200, this.#head({ "x-accel-buffering": "no" }, ["content-type", type]));
    this.res.flushHeaders();
  }

  /** Names and values in turn: the one form of a header that Node writes out without building a map first. */
  #head(headers: Headers, head: string[]): string[] {
    head.push("x-request-id", this.requestId, "x-content-type-options", "nosniff");
    if (headers["cache-control"] === undefined) head.push("cache-control", "no-store");
    for (const name in headers) head.push(name, headers[name] as string);
    if (this.connections.closing && headers.connection === undefined) head.push("connection", "close");
    return head;
  }
}

/** JSON text; only the rare value with integers beyond 2^53 needs more than the platform's own writer. */
function jsonText(value: JsonValue): string {
  try {
    return JSON.stringify(value);
  } catch {
    return stringifyJson(value);
  }
}
