import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Decision, type DecisionRequest, RequestError } from "@cordon/engine";
import express from "express";
import {
  type CordonOptions,
  cordon,
  decisionOf,
  isObliged,
  type RouteRule,
  RouteRuleError,
} from "./express.js";

const DECISION: Decision = {
  decision: "allow",
  id: "0195f2c1-0000-7000-8000-000000000001",
  bundleId: "b".repeat(64),
  reason: { code: "permitted", message: "permitted by `secret-policy`" },
  policies: [{ id: "secret-policy", effect: "permit", reason: "Secret reasons." }],
  errors: [],
  obligations: [],
  ignored: [],
};
const DENIAL: Decision = { ...DECISION, decision: "deny", reason: { code: "forbidden", message: "secret" } };

const ROUTES: RouteRule[] = [
  { method: "GET", path: "/", public: true },
  { method: "GET", path: "/health", public: true },
  { method: "GET", path: "/tickets/mine", action: "ticket:list", resource: () => 'Queue::"mine"' },
  {
    method: "GET",
    path: "/tickets/:id",
    action: "ticket:read",
    resource: (_, { id = "" }) => ({ type: "Ticket", id }),
  },
  {
    method: ["POST", "PUT"],
    path: "/invoices/:id/refund",
    action: (req) => ({ name: "invoice:refund", properties: { amount: req.body?.amount } }),
    resource: async (_, { id = "" }) => ({ type: "Invoice", id }),
  },
];

interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

interface Served {
  ask: (
    method: string,
    path: string,
    options?: { headers?: Record<string, string>; body?: string },
  ) => Promise<Answer>;
  asked: DecisionRequest[];
  handled: string[];
  errors: unknown[];
}

/** A real Express application behind the gate, asked over real HTTP with raw paths. */
async function serving(
  options: Partial<CordonOptions>,
  use: (served: Served) => Promise<void>,
): Promise<void> {
  const asked: DecisionRequest[] = [];
  const handled: string[] = [];
  const errors: unknown[] = [];
  const app = express();
  app.use(express.json());
  app.use(
    cordon({
      routes: ROUTES,
      identify: (req) => req.get("authorization") ?? null,
      onError: (error) => errors.push(error),
      ...options,
      decider: {
        decide: async (request, how) => {
          asked.push(request);
          return options.decider ? options.decider.decide(request, how) : DECISION;
        },
      },
    }),
  );
  app.get("/", (_, res) => void res.send("home"));
  app.get("/health", (_, res) => void res.send("healthy"));
  app.get("/tickets/mine", (_, res) => void res.send("mine"));
  app.get("/tickets/:id", (req, res) => {
    handled.push(req.params.id);
    res.json({ id: req.params.id, decision: decisionOf(req).id, masked: isObliged(req, "mask") });
  });
  app.all("/invoices/:id/refund", (req, res) => {
    handled.push(`${req.method} refund`);
    res.send("refunded");
  });
  app.get("/unlisted", (_, res) => {
    handled.push("unlisted");
    res.send("never");
  });
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const ask: Served["ask"] = (method, path, { headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const sent = httpRequest(
        { port, host: "127.0.0.1", method, path, headers, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk) => chunks.push(chunk));
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  try {
    await use({ ask, asked, handled, errors });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const ANN = { headers: { authorization: 'User::"ann"' } };
const deciding = (decision: Decision) => ({ decider: { decide: async () => decision } });

test("an allow reaches the handler with its decision, and the question names who, what and where", () =>
  serving({ context: () => ({ country: "DE" }) }, async ({ ask, asked }) => {
    const answer = await ask("GET", "/tickets/T-1?x=1", ANN);
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.body), { id: "T-1", decision: DECISION.id, masked: false });
    assert.deepEqual(asked, [
      {
        principal: 'User::"ann"',
        action: "ticket:read",
        resource: { type: "Ticket", id: "T-1" },
        context: { country: "DE" },
      },
    ]);
  }));

test("a deny is a problem with the decision id and nothing of the policies", () =>
  serving(deciding(DENIAL), async ({ ask, handled }) => {
    const answer = await ask("GET", "/tickets/T-1", ANN);
    assert.equal(answer.status, 403);
    assert.equal(answer.headers["content-type"], "application/problem+json");
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.deepEqual(JSON.parse(answer.body), {
      type: "about:blank",
      title: "Forbidden",
      status: 403,
      detail: "you may not do this",
      decisionId: DENIAL.id,
    });
    assert.doesNotMatch(answer.body, /secret/i);
    assert.deepEqual(handled, []);
  }));

test("without identity the answer is 401 and nobody is asked", () =>
  serving({}, async ({ ask, asked, handled }) => {
    const answer = await ask("GET", "/tickets/T-1");
    assert.equal(answer.status, 401);
    assert.equal(answer.headers["www-authenticate"], "Bearer");
    assert.deepEqual([asked, handled], [[], []]);
  }));

test("credentials go along as they came, beside the context", () =>
  serving({ credentials: { token: true, address: true, deviceId: "x-device" } }, async ({ ask, asked }) => {
    const headers = {
      authorization: "Bearer a.b.c",
      "x-forwarded-for": "192.0.2.1, spoofed",
      "x-device": "d",
    };
    await ask("GET", "/tickets/7", { headers });
    assert.deepEqual(asked[0]?.credentials, {
      token: "a.b.c",
      ip: "127.0.0.1",
      forwardedFor: "192.0.2.1, spoofed",
      deviceId: "d",
    });
    assert.deepEqual(asked[0]?.context, {});
  }));

test("an identity that could not be verified is a 401 with its decision id", () => {
  const decision = { ...DENIAL, reason: { code: "identity_unverified" as const, message: "secret" } };
  return serving({ decider: { decide: async () => decision } }, async ({ ask, handled }) => {
    const answer = await ask("GET", "/tickets/7", { headers: { authorization: "Bearer a.b.c" } });
    assert.equal(answer.status, 401);
    assert.equal(JSON.parse(answer.body).decisionId, decision.id);
    assert.doesNotMatch(answer.body, /secret/);
    assert.deepEqual(handled, []);
  });
});

test("action properties come from the body", () =>
  serving({}, async ({ ask, asked }) => {
    const headers = { ...ANN.headers, "content-type": "application/json" };
    const answer = await ask("POST", "/invoices/INV-1/refund", { headers, body: '{"amount":400}' });
    assert.equal(answer.status, 200);
    assert.deepEqual(asked[0]?.action, { name: "invoice:refund", properties: { amount: 400 } });
  }));

test("public routes need neither identity nor decision", () =>
  serving({ decider: { decide: () => Promise.reject(new Error("down")) } }, async ({ ask, asked }) => {
    assert.equal((await ask("GET", "/health")).status, 200);
    assert.equal((await ask("HEAD", "/health/")).status, 200);
    assert.equal((await ask("GET", "/")).status, 200);
    assert.deepEqual(asked, []);
  }));

test("a route that is not mapped is denied, even where the application has it", () =>
  serving({}, async ({ ask, handled }) => {
    for (const [method, path] of [
      ["GET", "/unlisted"],
      ["POST", "/tickets/T-1"],
      ["DELETE", "/invoices/INV-1/refund"],
      ["OPTIONS", "/tickets/T-1"],
      ["TRACE", "/health"],
    ] as const) {
      const answer = await ask(method, path, ANN);
      assert.equal(answer.status, 403, `${method} ${path}`);
      assert.equal(JSON.parse(answer.body).decisionId, undefined);
    }
    assert.deepEqual(handled, []);
  }));

test("HEAD is asked as GET", () =>
  serving(deciding(DENIAL), async ({ ask, asked, handled }) => {
    const answer = await ask("HEAD", "/tickets/T-1", ANN);
    assert.deepEqual([answer.status, answer.body], [403, ""]);
    assert.equal(asked.length, 1);
    assert.deepEqual(handled, []);
  }));

test("no spelling of a path passes without a decision", () =>
  serving(deciding(DENIAL), async ({ ask, handled }) => {
    for (const path of [
      "/tickets/T-1/",
      "/TICKETS/T-1",
      "//tickets/T-1",
      "/tickets//T-1",
      "/tickets/T-1//",
      "/health/../tickets/T-1",
      "/health/%2e%2e/tickets/T-1",
      "/health%2f..%2ftickets/T-1",
      "/./tickets/T-1",
      "/tickets/T-1%00",
      "/tickets/T-1%2F",
      "/tickets/%54-1",
      "/%74ickets/T-1",
      "/tickets/T-1;v=1",
      "/tickets/T-1#/health",
      "/tickets\\T-1",
      "/unlisted/",
      "/UNLISTED",
      "http://elsewhere.example/tickets/T-1",
      "http://elsewhere.example/unlisted",
    ]) {
      const answer = await ask("GET", path, ANN);
      assert.equal(answer.status, 403, path);
    }
    assert.deepEqual(handled, []);
  }));

test("an escaped slash stays inside its parameter, as in Express", () =>
  serving({}, async ({ ask, asked, handled }) => {
    await ask("GET", "/tickets/a%2Fb", ANN);
    assert.deepEqual(asked[0]?.resource, { type: "Ticket", id: "a/b" });
    assert.deepEqual(handled, ["a/b"]);
  }));

test("a broken escape is a 400", () =>
  serving({}, async ({ ask, asked, handled }) => {
    assert.equal((await ask("GET", "/tickets/%zz", ANN)).status, 400);
    assert.equal((await ask("GET", "/tickets/%ff", ANN)).status, 400);
    assert.deepEqual([asked, handled], [[], []]);
  }));

test("whatever fails on the way to a decision fails closed with 503", async () => {
  const fail = () => {
    throw new Error("broken");
  };
  const route = { method: "GET", path: "/tickets/:id" };
  const ways: [string, Partial<CordonOptions>][] = [
    ["the decider rejects", { decider: { decide: () => Promise.reject(new Error("down")) } }],
    ["the decider throws", { decider: { decide: fail } }],
    ["the decider answers nothing", { decider: { decide: async () => undefined as unknown as Decision } }],
    ["identify throws", { identify: fail }],
    ["identify rejects", { identify: () => Promise.reject(new Error("no session store")) }],
    ["context throws", { context: fail }],
    ["the resource throws", { routes: [{ ...route, action: "ticket:read", resource: fail }] }],
    ["the action throws", { routes: [{ ...route, action: fail, resource: () => 'Ticket::"1"' }] }],
  ];
  for (const [name, options] of ways) {
    await serving(options, async ({ ask, handled, errors }) => {
      const answer = await ask("GET", "/tickets/T-1", ANN);
      assert.equal(answer.status, 503, name);
      assert.equal(answer.headers["retry-after"], "1", name);
      assert.equal(errors.length, 1, name);
      assert.deepEqual(handled, [], name);
    });
  }
});

test("a decider that never answers is given up, its signal aborted, and a late allow changes nothing", () => {
  const signals: AbortSignal[] = [];
  const decide: CordonOptions["decider"]["decide"] = async (_, how) => {
    signals.push(how?.signal as AbortSignal);
    await delay(80);
    return DECISION;
  };
  return serving({ decider: { decide }, timeoutMs: 20 }, async ({ ask, handled }) => {
    assert.equal((await ask("GET", "/tickets/T-1", ANN)).status, 503);
    await delay(100);
    assert.equal(signals[0]?.aborted, true);
    assert.deepEqual(handled, []);
  });
});

test("an identify that never answers is given up too", () =>
  serving({ identify: () => new Promise(() => {}), timeoutMs: 20 }, async ({ ask, handled }) => {
    assert.equal((await ask("GET", "/tickets/T-1", ANN)).status, 503);
    assert.deepEqual(handled, []);
  }));

test("a deny for want of a source or of the log is 503 with its decision id", () =>
  serving(
    deciding({ ...DENIAL, reason: { code: "log_unavailable", message: "" } }),
    async ({ ask, handled }) => {
      const answer = await ask("GET", "/tickets/T-1", ANN);
      assert.equal(answer.status, 503);
      assert.equal(JSON.parse(answer.body).decisionId, DENIAL.id);
      assert.deepEqual(handled, []);
    },
  ));

test("a request that the decider finds malformed is a 400 that tells nothing", () =>
  serving(
    { decider: { decide: () => Promise.reject(new RequestError("x", "secret", { path: "/action" })) } },
    async ({ ask, handled }) => {
      const answer = await ask("GET", "/tickets/T-1", ANN);
      assert.equal(answer.status, 400);
      assert.doesNotMatch(answer.body, /secret|action/);
      assert.deepEqual(handled, []);
    },
  ));

test("anything but the word allow is a deny", async () => {
  for (const decision of [true, "ALLOW", "permit", 1, undefined, null]) {
    await serving(
      deciding({ ...DECISION, decision: decision as Decision["decision"] }),
      async ({ ask, handled }) => {
        assert.equal((await ask("GET", "/tickets/T-1", ANN)).status, 403, String(decision));
        assert.deepEqual(handled, []);
      },
    );
  }
});

test("an allow with an obligation passes only where the application honours it", async () => {
  const obliged = deciding({ ...DECISION, obligations: [{ id: "mask", policyId: "p" }] });
  await serving(obliged, async ({ ask, handled }) => {
    assert.equal((await ask("GET", "/tickets/T-1", ANN)).status, 403);
    assert.deepEqual(handled, []);
  });
  await serving({ ...obliged, obligations: ["mask"] }, async ({ ask }) => {
    const answer = await ask("GET", "/tickets/T-1", ANN);
    assert.equal(JSON.parse(answer.body).masked, true);
  });
});

test("a W3C trace id is passed on; anything else is not", async () => {
  const traces: (string | undefined)[] = [];
  const decide: CordonOptions["decider"]["decide"] = async (_, how) => {
    traces.push(how?.traceId);
    return DECISION;
  };
  await serving({ decider: { decide } }, async ({ ask }) => {
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    for (const traceparent of [`00-${trace}-00f067aa0ba902b7-01`, "nonsense", `00-${"0".repeat(32)}-1-01`]) {
      await ask("GET", "/tickets/T-1", { headers: { ...ANN.headers, traceparent } });
    }
    assert.deepEqual(traces, [trace, undefined, undefined]);
  });
});

test("a gate under a mount path sees the path that its router sees", async () => {
  const app = express();
  const asked: DecisionRequest[] = [];
  const router = express.Router();
  router.use(
    cordon({
      identify: () => 'User::"ann"',
      routes: ROUTES,
      decider: {
        decide: async (request) => {
          asked.push(request);
          return DENIAL;
        },
      },
    }),
  );
  router.get("/tickets/:id", (_, res) => void res.send("never"));
  app.use("/api", router);
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    for (const path of ["/api/tickets/T-1", "/API/tickets/T-1/", "/api//tickets/T-1"]) {
      assert.equal((await fetch(`http://127.0.0.1:${port}${path}`)).status, 403, path);
    }
    assert.deepEqual(asked.map(({ resource }) => resource).slice(0, 2), [
      { type: "Ticket", id: "T-1" },
      { type: "Ticket", id: "T-1" },
    ]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("a handler behind no gate has no decision", () => {
  assert.throws(() => decisionOf({} as express.Request), /no decision was made/);
});

test("mistakes in the routes are found when the gate is made", () => {
  const routes = (...paths: [method: string, path: string][]) =>
    cordon({
      ...deciding(DECISION),
      identify: () => null,
      routes: paths.map(([method, path]) => ({ method, path, public: true })),
    });
  const mistakes: [RouteRuleError["code"], [string, string][]][] = [
    ["route_path_syntax", [["GET", "tickets"]]],
    ["route_path_syntax", [["GET", "/tickets/"]]],
    ["route_path_syntax", [["GET", "/files/*path"]]],
    ["route_path_syntax", [["GET", "/files{/:name}"]]],
    ["route_path_syntax", [["GET", "/files/:name.txt"]]],
    ["route_path_syntax", [["GET", "/:a/:a"]]],
    [
      "route_unreachable",
      [
        ["GET", "/tickets/:id"],
        ["GET", "/tickets/mine"],
      ],
    ],
    [
      "route_unreachable",
      [
        ["GET", "/admin"],
        ["GET", "/Admin"],
      ],
    ],
    [
      "route_unreachable",
      [
        ["GET", "/a"],
        ["HEAD", "/a"],
      ],
    ],
    [
      "route_unreachable",
      [
        ["*", "/a"],
        ["POST", "/a"],
      ],
    ],
  ];
  for (const [code, paths] of mistakes) {
    assert.throws(
      () => routes(...paths),
      (error) => error instanceof RouteRuleError && error.code === code && error.help !== "",
      JSON.stringify(paths),
    );
  }
  routes(["GET", "/tickets/mine"], ["GET", "/tickets/:id"], ["POST", "/tickets/mine"]);
});
