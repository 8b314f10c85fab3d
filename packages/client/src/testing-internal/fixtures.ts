import type { ServerResponse } from "node:http";
import { after } from "node:test";
import type { DecisionRequest } from "@cordon/engine";
import { type FakeServer, fakeServer, type Received } from "./fake-server.js";

export const request: DecisionRequest = {
  principal: 'User::"ann"',
  action: "ticket:read",
  resource: { type: "Ticket", id: "T-1", properties: { size: 12345678901234567890n } },
  context: { country: "DE" },
};

/** An answer with everything that an answer can have. */
export const allow = {
  decision: true,
  context: {
    id: "019ab3c2-7a51-7c3e-9f0e-2f6d1f7b8c11",
    bundle: "b".repeat(64),
    reason: { code: "permitted", message: "a policy permits this" },
    policies: [{ id: "read", effect: "permit", reason: "agents read tickets" }],
    obligations: [{ id: "watermark", policy: "read" }],
    errors: [{ policy: "other", message: "integer overflow" }],
    ignored: ["/subject/properties/nothing", "/context/x"],
  },
};

const servers: FakeServer[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

/** A server that ends with the tests of the file. */
export async function serverThat(
  answer: (response: ServerResponse, request: Received) => void,
): Promise<FakeServer> {
  const server = await fakeServer(answer);
  servers.push(server);
  return server;
}
