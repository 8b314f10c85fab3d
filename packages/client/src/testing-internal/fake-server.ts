import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface Received {
  method: string | undefined;
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
  /** Tells connections apart. */
  socket: Socket;
}

export interface FakeServer {
  url: string;
  received: Received[];
  close(): Promise<void>;
}

/** An HTTP server that answers as a test says, good or bad. */
export async function fakeServer(
  answer: (response: ServerResponse, request: Received) => void,
): Promise<FakeServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method, url: path, headers, socket } = request;
      const seen = { method, path, headers, body: Buffer.concat(chunks).toString("utf8"), socket };
      received.push(seen);
      answer(response, seen);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, {
    "content-type": status === 200 ? "application/json" : "application/problem+json",
  });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}
