import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import type { EntityUid } from "@cordon/engine";
import { CONTRACT_SCHEMA } from "../../testing/index.js";
import { SourceError } from "../source-error.js";
import type { HttpSource } from "./http-source.js";
import { open } from "./open.js";
import { httpSettings } from "./settings.js";
import { PeopleService } from "./testing-internal/people-service.js";
import { urlTemplate } from "./url-template.js";

const service = new PeopleService();
await service.start();
after(() => service.stop());
beforeEach(() => {
  service.answer = undefined;
  service.requests = [];
  service.users.clear();
});

const ATTRIBUTES = { name: "/name", level: "/level" };

function openHttp(settings: object): HttpSource {
  const read = httpSettings.parse({ kind: "http", ...settings });
  return open(read, { name: "hr", directory: ".", schema: CONTRACT_SCHEMA, logger: undefined });
}

const users = (settings: object = {}, general: object = {}) =>
  openHttp({
    ...general,
    types: { User: { url: `${service.url}/users/{id}`, attributes: ATTRIBUTES, ...settings } },
  });

/** What became of each id: a value of `level`, the code and message of an error, or nothing. */
async function ask(source: HttpSource, ids: readonly string[]): Promise<Record<string, unknown>> {
  const request = {
    type: "User",
    ids,
    attributes: new Set(["name", "level"]),
    parents: true,
    tags: false,
  };
  try {
    const found = await source.fetch(request, AbortSignal.timeout(5_000));
    return Object.fromEntries(
      [...found].map(([id, user]) => [
        id,
        user instanceof SourceError ? `${user.code}: ${user.message}` : user.attrs.get("level"),
      ]),
    );
  } finally {
    await source.close();
  }
}

async function failure(source: HttpSource): Promise<string> {
  const error = await ask(source, ["ann"]).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof SourceError, String(error));
  return `${error.code}: ${error.message}${error.passing ? " (passing)" : ""}`;
}

test("an id stays in its place, whatever it is", () => {
  const at = (template: string, id: string) =>
    urlTemplate("hr", template, { takesId: true, plaintext: false }).pathFor(id);
  const template = "https://hr.example.com/v1/users/{id}/card?view=full";
  for (const [id, path] of [
    ["ann", "/v1/users/ann/card?view=full"],
    ["../../admin", "/v1/users/..%2F..%2Fadmin/card?view=full"],
    ["%2e%2e", "/v1/users/%252e%252e/card?view=full"],
    ["a?b#c&d=e", "/v1/users/a%3Fb%23c%26d%3De/card?view=full"],
    ["@evil.example.com", "/v1/users/%40evil.example.com/card?view=full"],
    ["a\\b\r\nc", "/v1/users/a%5Cb%0D%0Ac/card?view=full"],
    ["Ü*'()!", "/v1/users/%C3%9C%2A%27%28%29%21/card?view=full"],
  ] as const) {
    assert.equal(at(template, id), path);
  }
  for (const id of ["", ".", "..", "\ud800"]) assert.equal(at(template, id), undefined, JSON.stringify(id));
  assert.equal(at("https://hr.example.com/users?id={id}", ".."), "/users?id=..");
  assert.equal(at("https://hr.example.com/u-{id}", "."), "/u-.");
});

test("addresses that can't be used are refused when the source is opened, without being shown", () => {
  const takes = { takesId: true, plaintext: false };
  for (const [address, message] of [
    ["https://{id}.example.com/users", "has `{id}` outside of path and query"],
    ["https://hr.example.com:{id}/users", "can't be read"],
    ["https://hr.example.com/users#{id}", "has `{id}` outside of path and query"],
    ["https://me:sesame@hr.example.com/{id}", "has a user in it: use `headers`"],
    ["ftp://hr.example.com/{id}", "is not of the web"],
    [
      "http://hr.example.com/{id}",
      "begins with `http:`: say `plaintext: true` if it is meant to be read on the way",
    ],
    ["https://hr.example.com/users", "has no `{id}`"],
  ] as const) {
    assert.throws(() => urlTemplate("hr", address, takes), {
      code: "source_settings",
      message: `an address in its settings ${message}`,
    });
  }
  const batch = { types: { User: { batch: { url: "https://hr.example.com/{id}" } } } };
  assert.throws(() => openHttp(batch), { message: /is for batches and takes no `\{id\}`/ });
  assert.throws(() => openHttp({ types: { Cat: { url: "https://a.example.com/{id}" } } }), {
    message: "the schema has no entity type `Cat`",
  });
});

test("statuses mean what they say", async () => {
  for (const [status, outcome] of [
    [404, {}],
    [410, {}],
    [400, { ann: "source_refused: the service answered 400" }],
    [422, { ann: "source_refused: the service answered 422" }],
  ] as const) {
    service.answer = (_request, response) => response.writeHead(status).end('{"level": 9}');
    assert.deepEqual(await ask(users(), ["ann"]), outcome);
  }
  for (const [status, outcome] of [
    [401, "source_refused: the service answered 401"],
    [403, "source_refused: the service answered 403"],
    [429, "source_refused: the service answered 429 (passing)"],
    [500, "source_refused: the service answered 500 (passing)"],
    [503, "source_refused: the service answered 503 (passing)"],
    [302, "source_refused: the service answered 302"],
  ] as const) {
    service.answer = (_request, response) => response.writeHead(status).end('{"level": 9}');
    assert.equal(await failure(users()), outcome);
  }
});

test("what can't be read is no answer", async () => {
  for (const [body, reason] of [
    ["<html>", /^source_malformed: the answer can't be read/],
    ['{"level": 1, "level": 2}', /^source_malformed: the answer can't be read/],
    ["", /^source_malformed/],
    [Buffer.from([0x22, 0xff, 0x22]), /^source_malformed: the answer can't be read: it is not UTF-8/],
    [`"${"x".repeat(3_000)}"`, /^source_malformed: an answer has more than 2000 bytes/],
  ] as const) {
    service.answer = (_request, response) => response.end(body);
    assert.match(await failure(users({}, { maxBytes: 2_000 })), reason);
  }
  service.answer = (_request, response) => {
    response.writeHead(200, { "content-length": 100 }).write('{"level": 1');
    setTimeout(() => response.destroy(), 10);
  };
  assert.match(await failure(users()), /^source_unreachable/);
});

test("redirects are followed where the settings say so, and never to another host", async () => {
  const other = new PeopleService();
  await other.start();
  try {
    service.answer = ({ url }, response) => {
      if (url === "/people/ann") response.end('{"level": 3}');
      else response.writeHead(302, { location: "/people/ann" }).end();
    };
    const elsewhere = "source_refused: the service sends elsewhere with a redirect";
    assert.equal(await failure(users()), elsewhere);
    assert.deepEqual(await ask(users({}, { redirects: 1 }), ["ann"]), { ann: 3 });
    service.answer = (_request, response) =>
      response.writeHead(307, { location: `${other.url}/people/ann` }).end();
    assert.equal(await failure(users({}, { redirects: 5 })), elsewhere);
    service.answer = (_request, response) => response.writeHead(308, { location: "/users/ann" }).end();
    assert.equal(await failure(users({}, { redirects: 3 })), elsewhere, "round and round");
    assert.equal(other.requests.length, 0);
  } finally {
    await other.stop();
  }
});

test("a service that answers for another entity is not believed", async () => {
  service.answer = (_request, response) => response.end('{"key": 7, "level": 3}');
  assert.deepEqual(await ask(users({ id: "/key" }), ["7", "8"]), {
    7: 3,
    8: 'source_mismatch: `User::"8"`: the service answers for another entity',
  });
});

test("batches come as lists and as objects, with what the body says besides", async () => {
  const batch = { url: `${service.url}/search?tenant=1`, ids: "/query/ids", body: { query: { depth: 1 } } };
  const source = (settings: object) => users({ url: undefined, batch, ...settings });
  service.answer = (_request, response) =>
    response.end(
      '{"items": [{"user": {"id": "a", "level": 1}}, {"user": {"id": "x", "level": 9}}, {"user": null}]}',
    );
  assert.deepEqual(await ask(source({ entities: "/items", entity: "/user" }), ["a", "b"]), { a: 1 });
  assert.deepEqual(service.requests[0]?.url, "/search?tenant=1");
  assert.deepEqual(JSON.parse(service.requests[0]?.body ?? ""), { query: { depth: 1, ids: ["a", "b"] } });
  service.answer = (_request, response) =>
    response.end('{"a": {"level": 1}, "b": null, "__proto__": {"level": 3}}');
  assert.deepEqual(Object.entries(await ask(source({}), ["a", "b", "__proto__"])).sort(), [
    ["__proto__", 3],
    ["a", 1],
  ]);
  service.answer = (_request, response) => response.end('[{"id": "a", "level": 1}, {"id": "a", "level": 2}]');
  assert.deepEqual(await ask(source({}), ["a"]), { a: 'source_mismatch: `User::"a"`: it is there twice' });
  service.answer = (_request, response) => response.end('[{"level": 1}]');
  assert.match(await failure(source({})), /^source_malformed: in the answer to a batch the id is not an id/);
  service.answer = (_request, response) => response.end('"nothing"');
  assert.match(await failure(source({})), /^source_malformed: the answer to a batch has no entities/);
});

test("headers go along and secrets in them stay out of errors; parents may be objects and numbers", async () => {
  service.answer = (_request, response) =>
    response.end('{"id": 12, "level": 1, "teams": [{"no": 3}, {"no": 9007199254740993}, {"no": 3}]}');
  const settings = { parents: [{ type: "Group", at: "/teams", id: "/no" }] };
  const source = users(settings, { headers: { Authorization: "Bearer sesame" } });
  const request = { type: "User", ids: ["12"], attributes: new Set<string>(), parents: true, tags: false };
  const found = (await source.fetch(request, AbortSignal.timeout(5_000))).get("12");
  assert.ok(found !== undefined && !(found instanceof SourceError));
  assert.deepEqual(
    found.parents.map((parent: EntityUid) => parent.id),
    ["3", "9007199254740993"],
  );
  assert.equal(service.requests[0]?.headers.authorization, "Bearer sesame");
  service.answer = ({ headers }, response) => response.writeHead(401).end(headers.authorization);
  assert.equal(await failure(source), "source_refused: the service answered 401");
  assert.throws(() => httpSettings.parse({ kind: "http", headers: { Host: "evil" }, types: {} }));
});
