import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import express from "express";
import fc from "fast-check";
import { type Match, RouteTable } from "./route-table.js";

const RULES = [
  { method: "GET", path: "/" },
  { method: "GET", path: "/a" },
  { method: "HEAD", path: "/b" },
  { method: "GET", path: "/b" },
  { method: "GET", path: "/a/b" },
  { method: "POST", path: "/a/:x" },
  { method: "GET", path: "/a/:x" },
  { method: "*", path: "/:x/b" },
  { method: "PUT", path: "/:x/:y" },
  { method: "GET", path: "/a.b/:x/c-d" },
  { method: "DELETE", path: "/a/:x/b/:y" },
];
type Rule = (typeof RULES)[number];

interface Seen {
  found: Match<Rule> | undefined;
  routed?: { rule: Rule; params: Record<string, unknown> };
}

const table = new RouteTable(RULES, { caseSensitive: false });
let seen: Seen | undefined;

/** What the table finds where the gate would look, and what Express then routes to. */
const app = express();
app.use((req, _, next) => {
  seen = { found: table.match(req.method, req.path) };
  next();
});
for (const rule of RULES) {
  const method = rule.method === "*" ? "all" : (rule.method.toLowerCase() as "get");
  app[method](rule.path, (req: express.Request, res: express.Response) => {
    if (seen) seen.routed = { rule, params: { ...req.params } };
    res.end();
  });
}
app.use((_: unknown, __: express.Request, res: express.Response, ___: express.NextFunction) => {
  res.status(400).end();
});

const server = app.listen(0, "127.0.0.1");
before(() => new Promise<void>((resolve) => void server.once("listening", resolve)));
after(() => {
  server.closeAllConnections();
  server.close();
});

function send(method: string, path: string): Promise<number> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ port, host: "127.0.0.1", method, path }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end();
  });
}

const WORDS =
  "a b A B a.b c-d A.B x %61 %2f %2F %2e%2e .. . %00 %zz %c3%a9 %C3 ; ~ : * ( ) + $ & @ a%2fb | ^ { [";
const segment = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("a", "b", "A", "x", "a.b", "c-d") },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom(...WORDS.split(" ")), { maxLength: 2 })
      .map((words) => words.join("")),
  },
);
const target = fc
  .record({
    start: fc.constantFrom("/", "/", "/", "/", "//", "/./", "/\\", "http://elsewhere.example/"),
    segments: fc.array(segment, { maxLength: 4 }),
    between: fc.constantFrom("/", "/", "/", "/", "/", "//", "\\", "/../"),
    end: fc.constantFrom("", "", "", "/", "//", "?q=/a", "#/a", "?", "/?a/b"),
  })
  .map(({ start, segments, between, end }) => start + segments.join(between) + end);
/** A path of the rules, spelled as written except for one parameter or letter case. */
const nearby = fc
  .record({ rule: fc.constantFrom(...RULES), word: segment, shout: fc.boolean() })
  .map(({ rule, word, shout }) => {
    const path = rule.path.replace(/:\w+/g, word || "x");
    return shout ? path.toUpperCase() : path;
  });
const method = fc.constantFrom("GET", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH");

test("what Express routes, the table finds: the same rule, with the same parameters", async (t) => {
  const seed = Number(process.env.CORDON_SEED ?? Date.now() % 2 ** 31);
  const numRuns = Number(process.env.CORDON_RUNS ?? 1_000);
  t.diagnostic(`CORDON_SEED=${seed} CORDON_RUNS=${numRuns}`);
  let routed = 0;
  const agree = async (verb: string, path: string) => {
    seen = undefined;
    const status = await send(verb, path);
    assert.ok(seen !== undefined, `${verb} ${path} never arrived (${status})`);
    const { found, routed: route } = seen as Seen;
    if (!route) return assert.ok(found === undefined || found.kind === "malformed", "Express routes nothing");
    routed++;
    assert.equal(found?.kind, "rule");
    if (found?.kind !== "rule") return;
    assert.equal(found.rule, route.rule);
    assert.deepEqual({ ...found.params }, route.params);
  };
  await fc.assert(fc.asyncProperty(method, fc.oneof(target, nearby), agree), { seed, numRuns });
  assert.ok(routed > numRuns / 5, `only ${routed} of ${numRuns} requests were routed at all`);
});
