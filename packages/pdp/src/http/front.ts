import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import { ProjectError } from "../project/project-error.js";
import { StoreError } from "../store/index.js";
import { authorize, type Gatekeeper } from "./auth.js";
import { ClientGone } from "./body.js";
import { type Connections, Exchange } from "./exchange.js";
import type { Metrics } from "./metrics.js";
import { Outbox } from "./outbox.js";
import { Problem } from "./problem.js";
import type { Router } from "./router.js";

export interface FrontParts {
  readonly router: Router;
  readonly gatekeeper: Gatekeeper;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly bodyLimit: number;
  readonly inFlightLimit: number;
}

/** Takes each request from its header to its answer: nothing thrown on the way ever leaves it. */
export class Front {
  #inFlight = 0;
  readonly #answering = new WeakMap<Duplex, ServerResponse>();
  readonly #connections: Connections;
  readonly #parts: FrontParts;

  constructor(parts: FrontParts) {
    this.#parts = parts;
    this.#connections = {
      closing: false,
      bodyLimit: parts.bodyLimit,
      outbox: new Outbox(),
      fail: (exchange, error) => this.#fail(exchange, error),
    };
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether an answer is on its way over `socket`, into which nothing else may be written. */
  isAnswering(socket: Duplex): boolean {
    const res = this.#answering.get(socket);
    return res?.headersSent === true && !res.writableFinished;
  }

  /** Whether a request of `socket` is still being worked on, so that silence on it is ours, not the client's. */
  isWorking(socket: Duplex): boolean {
    const res = this.#answering.get(socket);
    return res !== undefined && !res.headersSent && !res.destroyed;
  }

  /** From now on every answer asks its client to close the connection. */
  beginClosing(): void {
    this.#connections.closing = true;
  }

  receive(req: IncomingMessage, res: ServerResponse, awaitsContinue = false): void {
    const started = performance.now();
    const exchange = this.#open(req, res);
    exchange.awaitsContinue = awaitsContinue;
    this.#inFlight++;
    this.#answering.set(req.socket, res);
    res.on("close", () => {
      this.#inFlight--;
      this.#settle(exchange, performance.now() - started);
    });
    this.#answer(exchange).catch((error: unknown) => exchange.fail(error));
  }

  /** Answers without looking for a route. */
  refuse(req: IncomingMessage, res: ServerResponse, problem: Problem): void {
    this.#open(req, res).problem(problem);
  }

  #open(req: IncomingMessage, res: ServerResponse): Exchange {
    const target = originForm(req.url ?? "/");
    const mark = target.indexOf("?");
    const path = mark === -1 ? target : target.slice(0, mark);
    const search = mark === -1 ? "" : target.slice(mark + 1);
    // An empty id identifies nothing.
    const requestId = (req.headers["x-request-id"] as string | undefined) || randomUUID();
    // Writing to a client that has just gone is no fault of anybody's, and must not end the process.
    res.on("error", ignore);
    return new Exchange(req, res, requestId, path, search, this.#connections);
  }

  async #answer(exchange: Exchange): Promise<void> {
    const { req, path } = exchange;
    const { router, gatekeeper, inFlightLimit } = this.#parts;
    if (this.#inFlight > inFlightLimit) throw overloaded();
    if (req.headers.host === undefined && req.httpVersion === "1.1") {
      throw new Problem("malformed_http", "the host header is missing", { header: "host" });
    }
    const { route, params } = router.match(req.method ?? "", path);
    exchange.route = route.path;
    exchange.params = params;
    if (route.access !== "public") {
      const { authorization, host } = req.headers;
      exchange.caller = await gatekeeper.identify(authorization, host);
      authorize(exchange.caller, route.access, authorization !== undefined);
    }
    await route.handle(exchange);
  }

  #fail(exchange: Exchange, error: unknown): void {
    if (error instanceof ClientGone) return;
    if (error instanceof Problem) {
      this.#logRefusal(exchange, error);
      exchange.problem(error);
      return;
    }
    const { requestId, route } = exchange;
    this.#parts.logger.error({ err: error, requestId, route }, "request failed");
    if (exchange.res.headersSent) exchange.res.destroy();
    else exchange.problem(failure(error));
  }

  #logRefusal(exchange: Exchange, problem: Problem): void {
    if (problem.status !== 401 && problem.status !== 403) return;
    const { requestId, route, req, caller } = exchange;
    const from = req.socket.remoteAddress;
    this.#parts.logger.warn(
      { requestId, route, from, caller: caller?.name, code: problem.kind },
      problem.message,
    );
  }

  #settle(exchange: Exchange, ms: number): void {
    const { req, res, route, requestId, caller } = exchange;
    const { metrics, logger } = this.#parts;
    const method = req.method ?? "";
    metrics.answered(route, method, res.statusCode, ms / 1000);
    if (!logger.isLevelEnabled("debug")) return;
    const complete = res.writableFinished;
    logger.debug(
      { requestId, method, route, status: res.statusCode, ms, caller: caller?.name, complete },
      "answered",
    );
  }
}

function ignore(): void {}

/** What a caller may know of a failure: the message itself could carry paths, values or policies. */
function failure(error: unknown): Problem {
  if (error instanceof ProjectError && error.code === "closed") {
    return new Problem("shutting_down", "the server is shutting down");
  }
  if (error instanceof StoreError) {
    return new Problem("store_unavailable", "keys or decisions can't be read or written at the moment");
  }
  return new Problem("internal_error", "the server failed; its log says more under the request id");
}

function overloaded(): Problem {
  return new Problem(
    "overloaded",
    "too many requests are being answered",
    { help: "try again in a second" },
    { "retry-after": "1" },
  );
}

/** Proxies may ask for `http://host/path`; RFC 9112, section 3.2.2, has every server accept that. */
function originForm(target: string): string {
  if (target.startsWith("/")) return target;
  const [, rest] = /^https?:\/\/[^/?#]*(.*)$/i.exec(target) ?? [];
  if (rest === undefined) return target;
  return rest.startsWith("/") ? rest : `/${rest}`;
}
