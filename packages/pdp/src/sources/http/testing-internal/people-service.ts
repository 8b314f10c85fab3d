import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer, type ServerOptions } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { type JsonObject, parseJson, stringifyJson } from "@cordon/engine/json";

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A real service with people and groups in memory, which can be frozen and taken away. */
export class PeopleService {
  readonly users = new Map<string, JsonObject>();
  readonly groups = new Map<string, JsonObject>();
  /** Takes the place of the service's own answer. */
  answer: Answer | undefined;
  requests: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[] = [];
  #frozen = false;
  readonly #held: (() => void)[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #scheme: string;
  #port = 0;

  constructor(tls?: ServerOptions) {
    const listener = (request: IncomingMessage, response: ServerResponse) =>
      void this.#serve(request, response);
    this.#server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
    this.#scheme = tls === undefined ? "http" : "https";
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  get url(): string {
    return `${this.#scheme}://localhost:${this.#port}`;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "localhost", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  freeze(): () => void {
    this.#frozen = true;
    return () => {
      this.#frozen = false;
      for (const go of this.#held.splice(0)) go();
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const { method = "", url = "", headers } = request;
    this.requests.push({ method, url, headers, body });
    if (this.#frozen) await new Promise<void>((resolve) => this.#held.push(resolve));
    if (this.answer !== undefined) return this.answer(request, response, body);
    const [, kind, ...rest] = new URL(url, "http://any").pathname.split("/");
    const all = kind === "users" ? this.users : this.groups;
    if (method === "POST") {
      const { ids } = parseJson(body) as { ids: string[] };
      const found = ids.flatMap((id) => all.get(id) ?? []);
      return void response.end(stringifyJson({ found }));
    }
    const one = rest.length === 1 ? all.get(decodeURIComponent(rest[0] ?? "")) : undefined;
    if (one === undefined) response.statusCode = 404;
    response.end(stringifyJson(one ?? { error: "no such thing" }));
  }
}
