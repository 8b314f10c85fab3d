import * as http from "node:http";
import * as https from "node:https";
import type { ConnectionOptions } from "node:tls";
import { SourceError } from "../source-error.js";

/** What is asked: where, and with which body. */
export interface Question {
  readonly origin: URL;
  /** Path and query. They go over the wire as they are. */
  readonly path: string;
  /** Sent with POST; GET without one. */
  readonly body?: string;
}

export interface Reply {
  readonly status: number;
  readonly body: Buffer;
}

export interface ExchangeOptions {
  readonly source: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: ConnectionOptions | undefined;
  readonly connections: number;
  readonly maxBytes: number;
  readonly redirects: number;
}

/** Asks over connections that are kept. */
export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #plain: http.Agent;
  readonly #secure: https.Agent;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    const pool = { keepAlive: true, maxSockets: options.connections, maxFreeSockets: options.connections };
    this.#plain = new http.Agent(pool);
    this.#secure = new https.Agent({ ...pool, minVersion: "TLSv1.2", ...options.tls });
  }

  /** @throws SourceError */
  async ask(question: Question, signal: AbortSignal): Promise<Reply> {
    let asked = question;
    for (let followed = 0; ; followed++) {
      const response = await this.#reach(asked, signal);
      const location = response.headers.location;
      const isRedirect =
        [301, 302, 303, 307, 308].includes(response.statusCode ?? 0) && location !== undefined;
      if (!isRedirect)
        return { status: response.statusCode ?? 0, body: await this.#bodyOf(response, signal) };
      response.destroy();
      asked = this.#redirected(asked, location, followed);
    }
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  #redirected(from: Question, location: string, followed: number): Question {
    const base = new URL(from.path, from.origin);
    const target = URL.canParse(location, base.href) ? new URL(location, base) : undefined;
    const { source, redirects } = this.#options;
    if (followed >= redirects || target?.origin !== from.origin.origin || from.body !== undefined) {
      const help = "name the address that answers, or see `redirects` of the source";
      throw new SourceError("source_refused", source, "the service sends elsewhere with a redirect", help);
    }
    return { origin: from.origin, path: target.pathname + target.search };
  }

  /** A kept connection may have been closed by the other side just now: that alone is tried once more. */
  async #reach(question: Question, signal: AbortSignal): Promise<http.IncomingMessage> {
    for (let attempt = 0; ; attempt++) {
      const sent = this.#send(question, signal);
      try {
        return await sent.response;
      } catch (error) {
        if (signal.aborted) throw this.#late();
        if (attempt === 0 && sent.request.reusedSocket && codeOf(error) === "ECONNRESET") continue;
        throw this.#broken(error);
      }
    }
  }

  #send({ origin, path, body }: Question, signal: AbortSignal) {
    const { protocol, hostname, port } = origin;
    const isSecure = protocol === "https:";
    const request = (isSecure ? https : http).request({
      agent: isSecure ? this.#secure : this.#plain,
      protocol,
      hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
      ...(port === "" ? {} : { port }),
      path,
      method: body === undefined ? "GET" : "POST",
      headers: {
        accept: "application/json",
        ...this.#options.headers,
        "accept-encoding": "identity",
        ...(body === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      },
      signal,
    });
    const response = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once("response", resolve);
      // Stays: an error may come once more while the answer is read.
      request.on("error", reject);
    });
    request.end(body);
    return { request, response };
  }

  async #bodyOf(response: http.IncomingMessage, signal: AbortSignal): Promise<Buffer> {
    const { source, maxBytes } = this.#options;
    const tooLong = (): SourceError =>
      new SourceError(
        "source_malformed",
        source,
        `an answer has more than ${maxBytes} bytes`,
        "ask for less at once with `batch`, or set `maxBytes` of the source higher",
      );
    try {
      if (Number(response.headers["content-length"] ?? 0) > maxBytes) throw tooLong();
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of response) {
        size += (chunk as Buffer).length;
        if (size > maxBytes) throw tooLong();
        chunks.push(chunk as Buffer);
      }
      return Buffer.concat(chunks);
    } catch (error) {
      response.destroy();
      if (error instanceof SourceError) throw error;
      throw signal.aborted ? this.#late() : this.#broken(error);
    }
  }

  #late(): SourceError {
    const help = "see why it is slow, or set `timeout` of the source higher";
    const message = "the service gave no answer while somebody waited for it";
    return new SourceError("source_timeout", this.#options.source, message, help);
  }

  #broken(error: unknown): SourceError {
    const code = codeOf(error);
    const { source } = this.#options;
    if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code)) {
      const help = "see `tls` of the source and the certificate of the service";
      return new SourceError("source_refused", source, `no secure connection comes about (${code})`, help);
    }
    const help = "see whether it runs, and whether its address in the settings of the source is right";
    return new SourceError("source_unreachable", source, `the service can't be reached (${code})`, help);
  }
}

/** Alone the code of an error: its words may hold addresses and more. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return "unknown";
  return (error as NodeJS.ErrnoException).code ?? error.name;
}
