import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { PROBLEMS } from "./problem.js";
import { type Answer, READ, serve } from "./serve.test.support.js";

// biome-ignore lint/suspicious/noExplicitAny: the document is walked by paths that the tests spell out
type Document = any;

/** Validates answers against the schemas of the document, with every object closed to unknown members. */
class Contract {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(readonly document: Document) {
    this.#ajv.addSchema({ $id: "openapi", ...closed(document) });
  }

  assertKept(method: string, path: string, answer: Answer): void {
    const operation = this.document.paths[path]?.[method];
    assert.ok(operation, `${method} ${path} is not documented`);
    const response = operation.responses[String(answer.status)];
    assert.ok(
      response,
      `${method} ${path} answers ${answer.status}, which is not documented: ${answer.text}`,
    );
    const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
    if (response.content === undefined) {
      assert.equal(answer.text, "");
      return;
    }
    assert.ok(response.content[type], `${method} ${path} answers ${answer.status} with ${type}`);
    if (answer.json === undefined) return;
    const validate = this.#validator(method, path, answer.status, type);
    assert.ok(validate(answer.json), `${JSON.stringify(validate.errors?.slice(0, 3))}\n${answer.text}`);
  }

  #validator(method: string, path: string, status: number, type: string): ValidateFunction {
    const encode = (part: string): string =>
      encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
    const pointer = ["paths", path, method, "responses", String(status), "content", type, "schema"]
      .map(encode)
      .join("/");
    const validate = this.#ajv.getSchema(`openapi#/${pointer}`);
    assert.ok(validate);
    return validate;
  }
}

/** A copy in which an object schema that doesn't speak of further members has none. */
function closed(schema: Document): Document {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const lists =
    copy.type === "object" && copy.properties !== undefined && copy.additionalProperties === undefined;
  return lists ? { ...copy, additionalProperties: false } : copy;
}

test("every endpoint keeps to its documentation, down to the last member", async (t) => {
  const { get, post } = await serve(t);
  const contract = new Contract((await get("/openapi.json")).json);
  const write = { ...READ, action: { name: "write" } };
  const evaluated = await post("/access/v1/evaluation?debug", write);
  contract.assertKept("post", "/access/v1/evaluation", evaluated);
  for (const body of [READ, {}, "{", { ...READ, subject: 1 }]) {
    contract.assertKept("post", "/access/v1/evaluation", await post("/access/v1/evaluation", body));
  }
  contract.assertKept(
    "post",
    "/access/v1/evaluation",
    await post("/access/v1/evaluation", "x".repeat(2_000_000)),
  );
  for (const body of [READ, { evaluations: [READ, write, null] }, { evaluations: 1 }]) {
    contract.assertKept("post", "/access/v1/evaluations", await post("/access/v1/evaluations", body));
  }
  contract.assertKept("post", "/cordon/v1/explain", await post("/cordon/v1/explain", { ...write, x: 1 }));
  const anyRecord = { ...write, resource: { type: "record" } };
  for (const body of [anyRecord, { ...anyRecord, action: { name: "read" } }, { ...anyRecord, resource: 1 }]) {
    contract.assertKept("post", "/cordon/v1/plan", await post("/cordon/v1/plan?debug", body));
    const path = "/cordon/v1/fields/plan";
    contract.assertKept("post", path, await post(`${path}?debug`, body));
  }
  for (const body of [write, { ...write, resource: 1 }]) {
    contract.assertKept("post", "/cordon/v1/fields", await post("/cordon/v1/fields?debug", body));
  }
  const [who, which] = [
    { ...READ, subject: { type: "user" } },
    { ...READ, resource: { type: "record" } },
  ];
  for (const [kind, ...bodies] of [
    ["subject", who, { ...who, page: { limit: 1 } }, { ...who, page: { token: "x" } }],
    ["resource", which, { ...which, resource: { type: "ghost" } }, { ...which, resource: 1 }],
    ["action", READ, { ...READ, resource: 1 }],
  ] as const) {
    const path = `/access/v1/search/${kind}`;
    for (const body of bodies) contract.assertKept("post", path, await post(`${path}?debug`, body));
  }
  for (const path of [
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/.well-known/authzen-configuration",
  ]) {
    contract.assertKept("get", path, await get(path));
  }
  const bundle = await get("/cordon/v1/bundle");
  contract.assertKept("get", "/cordon/v1/bundle", bundle);
  const etag = bundle.headers.get("etag") ?? "";
  contract.assertKept("get", "/cordon/v1/bundle", await get("/cordon/v1/bundle", { "if-none-match": etag }));
  const log = "/cordon/v1/decisions";
  contract.assertKept("get", log, await get(`${log}?limit=2`));
  contract.assertKept("get", log, await get(`${log}?limit=x`));
  contract.assertKept("get", `${log}/verify`, await get(`${log}/verify`));
  for (const id of [evaluated.json.context.id, "nothing"]) {
    contract.assertKept("get", `${log}/{id}`, await get(`${log}/${id}`));
    contract.assertKept("get", `${log}/{id}/explain`, await get(`${log}/${id}/explain`));
  }
});

test("what keys and overload add is documented too", async (t) => {
  const { get, post, decider } = await serve(t);
  const { json } = await get("/openapi.json");
  const contract = new Contract(json);
  const created = await decider.store?.keys.create({ name: "none", scopes: ["administer"] });
  for (const headers of [{}, { authorization: `Bearer ${created?.key}` }]) {
    contract.assertKept("post", "/access/v1/evaluation", await post("/access/v1/evaluation", READ, headers));
    contract.assertKept("get", "/cordon/v1/decisions", await get("/cordon/v1/decisions", headers));
    contract.assertKept("get", "/readyz", await get("/readyz", headers));
  }
  for (const [path, methods] of Object.entries<Document>(json.paths)) {
    for (const [method, operation] of Object.entries<Document>(methods)) {
      const name = `${method} ${path}`;
      assert.equal(operation.security.length > 0, "401" in operation.responses, name);
      for (const parameter of operation.parameters)
        assert.ok(parameter.description, `${name} ${parameter.name}`);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const inPath = operation.parameters
        .filter((p: Document) => p.in === "path")
        .map((p: Document) => p.name);
      assert.deepEqual(inPath, named, name);
    }
  }
});

test("the examples in the document are accepted as they stand", async (t) => {
  const { get, post } = await serve(t);
  const { paths } = (await get("/openapi.json")).json;
  let tried = 0;
  for (const [path, { post: operation }] of Object.entries<Document>(paths)) {
    // What a path's parameter names is not in the document; and SCIM has tests of its own, over a source for it.
    if (operation === undefined || path.includes("{") || path.startsWith("/scim/")) continue;
    const { example } = operation.requestBody.content["application/json"];
    assert.equal((await post(path, example)).status, 200, path);
    tried++;
  }
  assert.equal(tried, 9);
});

test("the document is OpenAPI 3.1: unique operation ids, and every reference leads somewhere", async (t) => {
  const { get } = await serve(t);
  const { json, text } = await get("/openapi.json");
  assert.match(json.openapi, /^3\.1\.\d$/);
  assert.match(json.info.version, /^\d+\.\d+\.\d+/);
  const ids = Object.values<Document>(json.paths).flatMap((item) =>
    Object.values<Document>(item).map((o) => o.operationId),
  );
  assert.equal(new Set(ids).size, ids.length);
  for (const [, pointer = ""] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = pointer.split("/").reduce((node: Document, part) => node?.[part], json);
    assert.ok(target, pointer);
  }
});

test("the page for people shows every endpoint, loads nothing and runs nothing", async (t) => {
  const { get } = await serve(t);
  const { text, headers } = await get("/docs");
  const { paths, components } = (await get("/openapi.json")).json;
  const policy = headers.get("content-security-policy") ?? "";
  assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+';/);
  const style = text.match(/<style>([\s\S]*)<\/style>/)?.[1] ?? "";
  assert.ok(
    policy.includes(createHash("sha256").update(style).digest("base64")),
    "the style's hash is not the policy's",
  );
  assert.doesNotMatch(text, /<script|<link|<img|style="|https?:\/\/(?!json-schema)/);
  assert.match(style, /prefers-color-scheme: dark/);
  for (const path of Object.keys(paths)) assert.ok(text.includes(`<code>${path}</code>`), path);
  const anchors = new Set([...text.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]));
  for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) assert.ok(anchors.has(target), target);
  for (const kind of Object.keys(PROBLEMS)) assert.ok(anchors.has(kind), kind);
  for (const name of Object.keys(components.schemas)) assert.ok(anchors.has(`schema-${name}`), name);
});
