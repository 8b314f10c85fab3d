import { connect, type Socket } from "node:net";

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends bytes exactly as they are, valid HTTP or not, over one connection that it opens again when the server
 * closes it. Reads answers that carry a content length, as all of ours do.
 */
export class RawClient {
  #socket: Socket | undefined;
  readonly #port: number;

  constructor(url: string) {
    this.#port = Number(new URL(url).port);
  }

  /** @throws where the server closes the connection without an answer, or takes longer than `timeoutMs` */
  async send(bytes: string | Uint8Array, timeoutMs = 10_000): Promise<RawAnswer> {
    const socket = await this.#open();
    return new Promise((resolve, reject) => {
      let received = Buffer.alloc(0);
      const timer = setTimeout(() => finish(new Error("no answer in time")), timeoutMs);
      const onData = (chunk: Buffer): void => {
        received = Buffer.concat([received, chunk]);
        const answer = parse(received);
        if (answer !== undefined) finish(answer);
      };
      const onClose = (): void => finish(new Error(`closed after ${received.length} bytes: ${received}`));
      const finish = (result: RawAnswer | Error): void => {
        clearTimeout(timer);
        socket.off("data", onData);
        socket.off("close", onClose);
        if (result instanceof Error || result.headers.connection === "close") this.close();
        if (result instanceof Error) reject(result);
        else resolve(result);
      };
      socket.on("data", onData);
      socket.on("close", onClose);
      socket.write(bytes);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #open(): Promise<Socket> {
    if (this.#socket?.writable) return this.#socket;
    const socket = connect(this.#port, "127.0.0.1");
    socket.on("error", () => {});
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    this.#socket = socket;
    return socket;
  }
}

function parse(bytes: Buffer): RawAnswer | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const status = Number(statusLine.split(" ")[1]);
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
  const body = bytes.subarray(end + 4);
  // `100 Continue` comes before the answer itself.
  if (status === 100) return parse(body);
  const length = Number(headers["content-length"] ?? 0);
  return body.length < length ? undefined : { status, headers, body: body.toString("utf8", 0, length) };
}

/** A request as bytes, with the content length that its body has. */
export function rawRequest(
  method: string,
  target: string,
  headers: readonly string[],
  body: Uint8Array,
): Buffer {
  const head = [`${method} ${target} HTTP/1.1`, ...headers, `content-length: ${body.length}`, "", ""].join(
    "\r\n",
  );
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}

export const USUAL_HEADERS = ["host: 127.0.0.1", "content-type: application/json"] as const;
