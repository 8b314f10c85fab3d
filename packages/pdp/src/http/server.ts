import { setMaxListeners } from "node:events";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Gatekeeper } from "./auth.js";
import { Front } from "./front.js";
import { formatUrl, isLoopback } from "./host.js";
import { Metrics } from "./metrics.js";
import {
  checkedPublicUrl,
  DEFAULT_LIMITS,
  DEFAULT_TIMEOUTS,
  type ServerOptions,
  type ServerTimeouts,
} from "./options.js";
import { Problem } from "./problem.js";
import { answerRaw, parserProblem } from "./raw-answer.js";
import { Router } from "./router.js";
import { routesOf } from "./routes.js";
import { ServerError } from "./server-error.js";
import type { Service } from "./service.js";
import { followKeyPair, type KeyPair, type LoadedPair, openKeyPair } from "./tls.js";

export interface RunningServer {
  /** Such as `http://127.0.0.1:8180`, with the port that was picked. */
  readonly url: string;
  /**
   * Accepts nothing new, finishes what is in flight, flushes the decision log, and cuts what is still open
   * when the deadline passes. The decider stays open: it belongs to whoever opened it.
   */
  close(): Promise<void>;
}

/**
 * Serves a decider over HTTP: AuthZEN 1.0 and Cordon's own endpoints.
 *
 * @throws ServerError `no_keys` where others than this machine could ask without a key; `address_in_use`,
 * `address_unavailable`, `tls_unreadable`, `tls_invalid`, `invalid_public_url`
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const publicUrl = checkedPublicUrl(options.publicUrl);
  await checkExposure(options);
  const opened = options.tls === undefined ? undefined : await openKeyPair(options.tls);

  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const metrics = new Metrics(options.decider, () => front.inFlight);
  const service: Service = {
    decider: options.decider,
    metrics,
    logger: options.logger,
    maxBatch: limits.batchItems,
    publicUrl: publicUrl?.href.replace(/\/$/, ""),
    secure: opened !== undefined,
    closing: closing.signal,
  };
  const front = new Front({
    router: new Router(routesOf(service)),
    gatekeeper: new Gatekeeper(options.keys, {
      loopback: isLoopback(options.host),
      allowedHosts: new Set(publicUrl === undefined ? [] : [publicUrl.hostname]),
    }),
    metrics,
    logger: options.logger,
    bodyLimit: limits.bodyBytes,
    inFlightLimit: limits.inFlight,
  });
  const server = createServer(opened?.pair, timeouts);
  server.maxConnections = limits.connections;
  server.timeout = timeouts.stallMs;
  attach(server, front, options);
  const stopTls = keepTlsFresh(server, opened, timeouts, options);
  try {
    await listen(server, options.host, options.port);
  } catch (error) {
    stopTls();
    metrics.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  return {
    url: formatUrl(opened === undefined ? "http" : "https", options.host, port),
    close: once(async () => {
      front.beginClosing();
      closing.abort();
      stopTls();
      await drain(server, timeouts.shutdownMs);
      metrics.close();
      await options.decider.log?.flush();
    }),
  };
}

async function checkExposure({ host, keys, tls, logger }: ServerOptions): Promise<void> {
  const count = keys === null ? 0 : await keys.count();
  if (isLoopback(host)) {
    if (count === 0) logger.warn({ host }, "there is no API key: every program on this machine may ask");
    return;
  }
  if (count === 0) {
    throw new ServerError(
      "no_keys",
      `\`${host}\` can be reached from other machines, but there is no API key`,
      "make one with `cordon keys create`, or bind `127.0.0.1`",
    );
  }
  if (tls === undefined) {
    logger.warn(
      { host },
      "no TLS: API keys and requests can be read on the network, unless a proxy encrypts them",
    );
  }
}

function createServer(pair: KeyPair | undefined, timeouts: ServerTimeouts): Server {
  const options = {
    // Checked by us instead, so that the answer is a problem body.
    requireHostHeader: false,
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    connectionsCheckingInterval: Math.min(1_000, timeouts.headersMs),
    noDelay: true,
  };
  if (pair === undefined) return createHttpServer(options);
  const handshakeTimeout = timeouts.headersMs;
  return createHttpsServer({ ...options, ...pair, minVersion: "TLSv1.2", handshakeTimeout });
}

function attach(server: Server, front: Front, { logger }: ServerOptions): void {
  server.on("request", (req, res) => front.receive(req, res));
  server.on("checkContinue", (req, res) => front.receive(req, res, true));
  server.on("checkExpectation", (req, res) => {
    const detail = `the expectation \`${req.headers.expect}\` can't be met`;
    front.refuse(req, res, new Problem("expectation_failed", detail, { header: "expect" }));
  });
  server.on("timeout", (socket) => {
    if (!front.isWorking(socket)) socket.destroy();
  });
  server.on("connect", (_req, socket) => {
    answerRaw(
      socket,
      new Problem("method_not_allowed", "this server is not a proxy", {}, { allow: "GET, HEAD, POST" }),
    );
  });
  server.on("clientError", (error: Error & { code?: string }, socket) => {
    logger.debug({ code: error.code }, "unreadable request");
    if (front.isAnswering(socket)) socket.destroy();
    else answerRaw(socket, parserProblem(error));
  });
}

function keepTlsFresh(
  server: Server,
  opened: LoadedPair | undefined,
  { tlsPollMs }: ServerTimeouts,
  { tls, logger }: ServerOptions,
): () => void {
  if (tls === undefined || opened === undefined) return () => {};
  return followKeyPair(tls, tlsPollMs, opened, {
    apply: (pair) => {
      (server as HttpsServer).setSecureContext({ ...pair, minVersion: "TLSv1.2" });
      logger.info({ certFile: tls.certFile }, "TLS certificate replaced");
    },
    refuse: (error) =>
      logger.error({ err: error }, "new TLS files refused; the certificate before them stays in use"),
  });
}

/**
 * How many connections may wait to be taken, as far as the system allows. Those beyond are dropped without a word,
 * and their callers wait for many seconds: Node.js's 511 is less than a busy moment brings.
 */
const BACKLOG = 4_096;

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen({ port, host: host.replace(/^\[|\]$/g, ""), backlog: BACKLOG }, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new ServerError(
      "address_in_use",
      `\`${host}:${port}\` is in use`,
      "choose another port, or `0` for a free one",
      error,
    );
  }
  return new ServerError(
    "address_unavailable",
    `can't listen on \`${host}:${port}\` (${error.code})`,
    "check host and port",
    error,
  );
}

/** Resolves once every connection is closed; those with a request in flight get until the deadline. */
function drain(server: Server, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
    // A client that ignores `connection: close` leaves its connection idle after the answer.
    const sweep = setInterval(() => server.closeIdleConnections(), 100);
    server.close(() => {
      clearTimeout(deadline);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= action();
    return done;
  };
}
