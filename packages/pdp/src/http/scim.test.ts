import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { openProject } from "../index.js";
import { openStore } from "../store/index.js";
import { type Served, serve } from "./serve.test.support.js";

const FILES = {
  "schema.cedarschema": `
    entity Group in [Group] = { label?: String };
    entity User in [Group] = { active?: Bool, email?: String, department?: String, given?: String };
    entity Doc;
    action read appliesTo { principal: [User], resource: [Doc] };
  `,
  "policies/all.cedar": `
    @id("readers") permit (principal in Group::"readers", action, resource);
    @id("gone") forbid (principal, action, resource) when { principal has active && !principal.active };
    @id("sales") permit (principal, action, resource)
    when { principal has department && principal.department == "sales" };
  `,
  "cordon.yaml": `
sources:
  idp:
    kind: scim
    users:
      attributes:
        active: active
        email: /emails/0/value
        given: /name/givenName
        department: /urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/department
    groups:
      attributes: { label: displayName }
`,
};

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever shape they expect, and fail where it differs
  readonly json: any;
}

type Ask = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answered>;

async function provisioned(
  t: TestContext,
): Promise<{ ask: Ask; served: Served; reads: (id: string) => Promise<boolean> }> {
  const server = await serve(t, { files: FILES });
  const ask: Ask = async (method, path, body, headers = {}) => {
    const answer = await fetch(`${server.url}/scim/v2${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/scim+json" }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (text !== "")
      assert.match(answer.headers.get("content-type") ?? "", /^application\/(scim|problem)\+json/);
    return {
      status: answer.status,
      headers: answer.headers,
      json: text === "" ? undefined : JSON.parse(text),
    };
  };
  const reads = async (id: string): Promise<boolean> => {
    const { json } = await server.post("/access/v1/evaluation", {
      subject: { type: "User", id },
      action: { name: "read" },
      resource: { type: "Doc", id: "plan" },
    });
    return json.decision;
  };
  return { ask, served: server, reads };
}

const patch = (...Operations: object[]): object => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations,
});

async function added(ask: Ask, kind: "Users" | "Groups", body: object): Promise<string> {
  const { status, json } = await ask("POST", `/${kind}`, body);
  assert.equal(status, 201, JSON.stringify(json));
  return json.id;
}

test("what is pushed counts in the next decision", async (t) => {
  const { ask, reads } = await provisioned(t);
  assert.equal(await reads("ann@example.com"), false);
  const ann = await added(ask, "Users", {
    schemas: [USER],
    userName: "ann@example.com",
    externalId: "x-1",
    password: "hunter2",
  });
  assert.equal(await reads("ann@example.com"), false);
  const readers = await added(ask, "Groups", {
    displayName: "readers",
    members: [{ value: ann, display: "Ann" }],
  });
  assert.equal(await reads("ann@example.com"), true);
  assert.equal(
    (
      await ask(
        "PATCH",
        `/Groups/${readers}`,
        patch({ op: "Remove", path: "members", value: [{ value: ann }] }),
      )
    ).status,
    200,
  );
  assert.equal(await reads("ann@example.com"), false);
  await ask("PATCH", `/Groups/${readers}`, patch({ op: "Add", path: "members", value: [{ value: ann }] }));
  assert.equal(await reads("ann@example.com"), true);
  await ask("PATCH", `/Users/${ann}`, patch({ op: "Replace", path: "active", value: "False" }));
  assert.equal(await reads("ann@example.com"), false, "deactivated");
  await ask("PATCH", `/Users/${ann}`, patch({ op: "replace", value: { active: true } }));
  assert.equal(await reads("ann@example.com"), true);
  assert.equal((await ask("DELETE", `/Users/${ann}`)).status, 204);
  assert.equal(await reads("ann@example.com"), false);
  assert.equal((await ask("GET", `/Users/${ann}`)).status, 404);
  const { json } = await ask("GET", `/Groups/${readers}`);
  assert.deepEqual(json.members ?? [], [], "no group keeps who is gone");
});

test("groups of groups, and attributes of extensions", async (t) => {
  const { ask, reads, served: server } = await provisioned(t);
  const ann = await added(ask, "Users", {
    userName: "ann",
    name: { givenName: "Ann" },
    emails: [{ value: "ann@example.com", type: "work" }],
    [ENTERPRISE]: { department: "sales" },
  });
  assert.equal(await reads("ann"), true);
  await ask(
    "PATCH",
    `/Users/${ann}`,
    patch({ op: "replace", path: `${ENTERPRISE}:department`, value: "support" }),
  );
  assert.equal(await reads("ann"), false);
  const inner = await added(ask, "Groups", { displayName: "inner", members: [{ value: ann }] });
  const outer = await added(ask, "Groups", { displayName: "readers", members: [{ value: inner }] });
  assert.equal(await reads("ann"), true);
  const cycle = await ask(
    "PATCH",
    `/Groups/${inner}`,
    patch({ op: "add", path: "members", value: [{ value: outer }] }),
  );
  assert.deepEqual([cycle.status, cycle.json.scimType], [400, "invalidValue"]);
  assert.equal(await reads("ann"), true);
  const explained = await server.decider.explain({
    principal: 'User::"ann"',
    action: "read",
    resource: 'Doc::"plan"',
  });
  assert.equal(explained.decision.decision, "allow");
  await ask("PATCH", `/Groups/${outer}`, patch({ op: "replace", path: "displayName", value: "others" }));
  assert.equal(await reads("ann"), false, "a group of another name is another");
});

test("two who would be one are nobody", async (t) => {
  const files = { ...FILES, "cordon.yaml": "sources:\n  idp: { kind: scim, users: { id: externalId } }\n" };
  const server = await serve(t, {
    files: { ...files, "policies/all.cedar": 'permit (principal in Group::"readers", action, resource);' },
  });
  const post = (kind: string, body: object) => server.post(`/scim/v2/${kind}`, body);
  const ids = [];
  for (const userName of ["a", "b"]) ids.push((await post("Users", { userName, externalId: "x" })).json.id);
  await post("Groups", { displayName: "readers", members: ids.map((value) => ({ value })) });
  const subject = { type: "User", id: "x" };
  const answer = await server.post("/access/v1/evaluation", {
    subject,
    action: { name: "read" },
    resource: { type: "Doc", id: "1" },
  });
  assert.equal(answer.json.decision, false);
  assert.equal(answer.json.context.reason.code, "source_unavailable");
});

describe("requests", () => {
  test("create, read, replace, with versions", async (t) => {
    const { ask, served: server } = await provisioned(t);
    const created = await ask("POST", "/Users", {
      USERNAME: "Ann",
      Active: "true",
      id: "mine",
      groups: [{ value: "x" }],
      password: "p",
    });
    const { id, meta } = created.json;
    assert.equal(created.status, 201);
    assert.equal(created.headers.get("location"), `/scim/v2/Users/${id}`);
    assert.deepEqual(Object.keys(created.json).sort(), [
      "active",
      "groups",
      "id",
      "meta",
      "schemas",
      "userName",
    ]);
    assert.notEqual(id, "mine");
    assert.deepEqual([meta.version, created.headers.get("etag")], ['W/"1"', 'W/"1"']);
    assert.equal((await ask("GET", `/Users/${id}`, undefined, { "if-none-match": 'W/"1"' })).status, 304);
    const replaced = await ask(
      "PUT",
      `/Users/${id}`,
      { userName: "ann", displayName: "A" },
      { "if-match": 'W/"1"' },
    );
    assert.deepEqual(
      [replaced.status, replaced.json.meta.version, replaced.json.displayName],
      [200, 'W/"2"', "A"],
    );
    const late = await ask("PUT", `/Users/${id}`, { userName: "ann" }, { "if-match": 'W/"1"' });
    assert.deepEqual(
      [late.status, late.json.status, late.json.schemas],
      [412, "412", ["urn:ietf:params:scim:api:messages:2.0:Error"]],
    );
    const taken = await ask("POST", "/Users", { userName: "ANN" });
    assert.deepEqual([taken.status, taken.json.scimType], [409, "uniqueness"]);
    assert.equal((await ask("GET", `/Groups/${id}`)).status, 404, "a user is no group");
    assert.equal((await ask("DELETE", `/Groups/${id}`)).status, 404);
    const json = await server.post("/scim/v2/Users", { userName: "as-json" });
    assert.equal(json.status, 201, "plain JSON will do");
  });

  test("of the same name at once: one of them is", async (t) => {
    const { ask } = await provisioned(t);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ask("POST", "/Users", { userName: "ann" })),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [
      201,
      ...Array.from({ length: 7 }, () => 409),
    ]);
    const { json } = await ask("GET", "/Users");
    assert.equal(json.totalResults, 1);
  });

  test("what is wrong is said as SCIM says it, and changes nothing", async (t) => {
    const { ask } = await provisioned(t);
    const id = await added(ask, "Users", { userName: "ann" });
    const group = await added(ask, "Groups", { displayName: "g" });
    const user = `/Users/${id}`;
    const cases: [string, string, unknown, number, string | undefined][] = [
      ["POST", "/Users", {}, 400, "invalidValue"],
      ["POST", "/Users", { userName: 7 }, 400, "invalidValue"],
      ["POST", "/Users", [], 400, "invalidSyntax"],
      ["POST", "/Users", { userName: "x", active: "perhaps" }, 400, "invalidValue"],
      ["POST", "/Groups", { displayName: "h", members: [{ value: "nobody" }] }, 400, "invalidValue"],
      ["POST", "/Groups", { displayName: "h", members: "all" }, 400, "invalidValue"],
      ["PATCH", user, {}, 400, "invalidSyntax"],
      ["PATCH", user, patch({ op: "delete", path: "active" }), 400, "invalidSyntax"],
      ["PATCH", user, patch({ op: "remove" }), 400, "noTarget"],
      ["PATCH", user, patch({ op: "replace", path: "a.b.c", value: 1 }), 400, "invalidPath"],
      [
        "PATCH",
        user,
        patch({ op: "replace", path: "__proto__", value: { admin: true } }),
        400,
        "invalidPath",
      ],
      ["PATCH", user, patch({ op: "replace", path: "emails[type eq ]", value: 1 }), 400, "invalidFilter"],
      ["PATCH", user, patch({ op: "remove", path: "userName" }), 400, "invalidValue"],
      [
        "PATCH",
        user,
        patch({ op: "replace", path: "displayName", value: "B" }, { op: "nonsense" }),
        400,
        "invalidSyntax",
      ],
      [
        "PATCH",
        `/Groups/${group}`,
        patch({ op: "add", path: "members", value: [{ value: group }] }),
        400,
        "invalidValue",
      ],
      ["GET", "/Users?filter=userName", undefined, 400, "invalidFilter"],
      ["GET", "/Users?filter=userName%20like%20%22a%22", undefined, 400, "invalidFilter"],
      ["GET", "/Users?startIndex=first", undefined, 400, "invalidValue"],
      ["GET", "/Users/nobody", undefined, 404, undefined],
      ["DELETE", "/Users/nobody", undefined, 404, undefined],
    ];
    for (const [method, path, body, status, scimType] of cases) {
      const answer = await ask(method, path, body);
      assert.deepEqual(
        [answer.status, answer.json.scimType],
        [status, scimType],
        `${method} ${path} ${JSON.stringify(body)}`,
      );
    }
    const { json } = await ask("GET", user);
    assert.deepEqual([json.meta.version, json.displayName], ['W/"1"', undefined]);
  });

  test("PATCH as identity providers send it", async (t) => {
    const { ask } = await provisioned(t);
    const id = await added(ask, "Users", {
      userName: "ann",
      emails: [{ type: "work", value: "old@example.com" }],
    });
    const after = async (...operations: object[]) => {
      const { status, json } = await ask("PATCH", `/Users/${id}`, patch(...operations));
      assert.equal(status, 200, JSON.stringify(json));
      return json;
    };
    const emails = (json: { emails?: { type?: string; value: string }[] }) =>
      (json.emails ?? []).map(({ type, value }) => `${type} ${value}`);
    assert.deepEqual(
      emails(await after({ op: "Replace", path: 'emails[type eq "work"].value', value: "new@example.com" })),
      ["work new@example.com"],
    );
    assert.deepEqual(
      emails(await after({ op: "Add", path: 'emails[type eq "home"].value', value: "home@example.com" })),
      ["work new@example.com", "home home@example.com"],
    );
    assert.deepEqual(
      emails(await after({ op: "add", path: "emails", value: [{ type: "home", value: "home@example.com" }] }))
        .length,
      2,
      "added once",
    );
    assert.deepEqual(emails(await after({ op: "Remove", path: 'emails[type eq "work"]' })), [
      "home home@example.com",
    ]);
    const named = await after({
      op: "replace",
      value: { "name.givenName": "Ann", "name.familyName": "Lee", displayName: "Ann Lee" },
    });
    assert.deepEqual([named.name, named.displayName], [{ givenName: "Ann", familyName: "Lee" }, "Ann Lee"]);
    const extended = await after({
      op: "add",
      value: { [`${ENTERPRISE}:department`]: "sales", [ENTERPRISE]: { manager: { value: "m" } } },
    });
    assert.deepEqual(extended[ENTERPRISE], { department: "sales", manager: { value: "m" } });
    assert.ok(extended.schemas.includes(ENTERPRISE));
    assert.equal((await after({ op: "remove", path: "name.familyName" })).name.familyName, undefined);
    const group = await added(ask, "Groups", { displayName: "g", members: [{ value: id }, { value: id }] });
    const bob = await added(ask, "Users", { userName: "bob" });
    const members = async (operation: object) => {
      const { json } = await ask("PATCH", `/Groups/${group}`, patch(operation));
      return (json.members ?? []).map(({ value }: { value: string }) => (value === id ? "ann" : "bob"));
    };
    assert.deepEqual(await members({ op: "add", path: "members", value: [{ value: bob }, { value: id }] }), [
      "ann",
      "bob",
    ]);
    assert.deepEqual(await members({ op: "remove", path: `members[value eq "${id}"]` }), ["bob"]);
    assert.deepEqual(await members({ op: "replace", path: "members", value: [{ value: id }] }), ["ann"]);
    assert.deepEqual(await members({ op: "remove", path: "members" }), []);
    const { json: user } = await ask("GET", `/Users/${id}`);
    assert.deepEqual(user.groups, []);
  });

  test("filters and pages", async (t) => {
    const { ask } = await provisioned(t);
    for (const [index, userName] of ["ann", "Bob", "carl", 'd"quote'].entries()) {
      await added(ask, "Users", {
        userName,
        externalId: `x-${index}`,
        active: userName !== "carl",
        emails: [{ type: "work", value: `${index}@example.com` }],
      });
    }
    const found = async (filter: string) => {
      const { json } = await ask("GET", `/Users?filter=${encodeURIComponent(filter)}`);
      return json.Resources.map(({ userName }: { userName: string }) => userName);
    };
    assert.deepEqual(await found('userName eq "ANN"'), ["ann"]);
    assert.deepEqual(await found('USERNAME Eq "bob"'), ["Bob"]);
    assert.deepEqual(await found('externalId eq "x-2"'), ["carl"]);
    assert.deepEqual(await found('userName eq "d\\"quote"'), ['d"quote']);
    assert.deepEqual(await found("active eq false"), ["carl"]);
    assert.deepEqual(await found('userName sw "b" or (active eq true and externalId eq "x-0")'), [
      "ann",
      "Bob",
    ]);
    assert.deepEqual(await found('not (userName co "a") and externalId pr'), ["Bob", 'd"quote']);
    assert.deepEqual(await found('emails[type eq "work" and value ew "1@example.com"]'), ["Bob"]);
    assert.deepEqual(await found('emails.value eq "0@example.com"'), ["ann"]);
    assert.deepEqual(await found(`${USER}:userName eq "ann"`), ["ann"]);
    assert.deepEqual(await found('userName ne "ann" and userName lt "c"'), ["Bob"]);
    assert.deepEqual(await found('nickName eq "x"'), []);
    const page = await ask("GET", "/Users?startIndex=2&count=2&attributes=userName");
    const { totalResults, startIndex, itemsPerPage, Resources } = page.json;
    assert.deepEqual([totalResults, startIndex, itemsPerPage], [4, 2, 2]);
    assert.deepEqual(Object.keys(Resources[0]).sort(), ["id", "schemas", "userName"]);
    assert.equal((await ask("GET", "/Users?count=0")).json.totalResults, 4);
    const lean = await ask("GET", "/Users?excludedAttributes=emails,groups");
    assert.equal(lean.json.Resources[0].emails, undefined);
  });

  test("the examples of the documentation are accepted", async (t) => {
    const { ask, served: server } = await provisioned(t);
    const { paths } = (await server.get("/openapi.json")).json;
    const example = (path: string, method: string) =>
      paths[path][method].requestBody.content["application/json"].example;
    for (const kind of ["Users", "Groups"] as const) {
      const id = await added(ask, kind, example(`/scim/v2/${kind}`, "post"));
      for (const method of ["put", "patch"]) {
        const body = example(`/scim/v2/${kind}/{id}`, method);
        assert.equal(
          (await ask(method.toUpperCase(), `/${kind}/${id}`, body)).status,
          200,
          `${method} ${kind}`,
        );
      }
    }
  });

  test("discovery", async (t) => {
    const { ask } = await provisioned(t);
    assert.equal((await ask("GET", "/ServiceProviderConfig")).json.patch.supported, true);
    assert.deepEqual(
      (await ask("GET", "/ResourceTypes")).json.Resources.map(
        ({ endpoint }: { endpoint: string }) => endpoint,
      ),
      ["/Users", "/Groups"],
    );
    assert.equal((await ask("GET", "/Schemas")).json.totalResults, 2);
  });
});

test("a key of its own opens it, and no other", async (t) => {
  const { ask, served: server } = await provisioned(t);
  const { store } = server.decider;
  assert.ok(store);
  const { key: provision } = await store.keys.create({ name: "idp", scopes: ["provision"] });
  const { key: evaluate } = await store.keys.create({ name: "app", scopes: ["evaluate", "administer"] });
  const status = async (key: string) =>
    (await ask("GET", "/Users", undefined, { authorization: `Bearer ${key}` })).status;
  assert.deepEqual(
    [await status(provision), await status(evaluate), await status("nonsense")],
    [200, 403, 401],
  );
  const denied = await server.post("/access/v1/evaluation", {}, { authorization: `Bearer ${provision}` });
  assert.equal(denied.status, 403);
});

test("without a source of the kind there is nobody to push to", async (t) => {
  const server = await serve(t);
  const { status, json } = await server.get("/scim/v2/Users");
  assert.deepEqual([status, json.schemas], [404, ["urn:ietf:params:scim:api:messages:2.0:Error"]]);
});

test("what was pushed is there after a restart, and in another process at once", async (t) => {
  const { ask, served: server } = await provisioned(t);
  const ann = await added(ask, "Users", { userName: "ann" });
  const other = await openProject(server.directory, { watch: false, log: false });
  t.after(() => other.close());
  const request = { principal: 'User::"ann"', action: "read", resource: 'Doc::"plan"' };
  const readers = await added(ask, "Groups", { displayName: "readers", members: [{ value: ann }] });
  assert.equal((await other.decide(request)).decision, "allow");
  await ask("DELETE", `/Groups/${readers}`);
  assert.equal((await other.decide(request)).decision, "deny");
  const theirs = await other.sources.provisioning?.create("User", { userName: "bob" });
  assert.equal((await ask("GET", `/Users/${theirs?.id}`)).json.userName, "bob");
  assert.equal((await ask("POST", "/Users", { userName: "BOB" })).status, 409);
  const store = await openStore(`${server.directory}/.cordon/cordon.db`);
  await store.close();
});
