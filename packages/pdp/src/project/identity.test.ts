import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Credentials, DecisionRequest, Value } from "@cordon/engine";
import type { FetchResult, Source } from "../sources/index.js";
import { addressDatabase } from "../testing-internal/address-database.js";
import { IdentityProvider } from "../testing-internal/identity-provider.js";
import { tempProject } from "../testing-internal/temp-project.js";
import { checkProject } from "./check-project.js";
import { openProject } from "./open-project.js";
import type { ProjectDecider } from "./project-decider.js";
import { ProjectError } from "./project-error.js";

const SCHEMA = `
entity Group;
entity User in [Group] = { email?: String };
entity Agent;
entity Device = { managed: Bool, encrypted: Bool };
entity Session = { revoked: Bool };
entity Doc;
action read, write appliesTo {
  principal: [User, Agent],
  resource: [Doc],
  context: {
    actor?: Agent,
    country?: String,
    ip?: ipaddr,
    device?: { managed: Bool, encrypted: Bool },
    now: datetime,
  },
};
`;

const POLICIES = `
@id("staff")
permit (principal in Group::"staff", action, resource);

@id("agents-read")
permit (principal is Agent, action == Action::"read", resource);

@id("at-home")
forbid (principal is User, action, resource) unless { context has country && context.country == "DE" };

@id("managed-writes")
forbid (principal is User, action == Action::"write", resource)
unless { context has device && context.device.managed };
`;

let idp: IdentityProvider;
before(async () => {
  idp = await IdentityProvider.start();
});
after(() => idp.stop());

const settings = (identity: string): string => `
sources:
  idp:
    kind: token
    issuer: ${idp.issuer}
    audience: ${idp.audience}
    principal:
      type: User
      attributes: { email: email }
      parents: [{ type: Group, ids: groups }]
    actor: { type: Agent }
    session: { type: Session, revoked: revoked }
  place:
    kind: geo
    databases: [places.mmdb]
    trustedProxies: [loopback]
    context: { country: country }
  posture:
    kind: device
${identity}
`;

const BOTH = "identity: { both: true }";
const HOME = "203.0.113.9";
const AWAY = "198.51.100.9";

/** Sessions and devices as another system knows them. */
class Inventory implements Source {
  readonly name = "inventory";
  readonly kind = "custom";
  readonly provides: Source["provides"] = new Map([
    ["Session", { attributes: new Set(["revoked"]), tags: false, parents: new Set<string>() }],
    ["Device", { attributes: new Set(["managed", "encrypted"]), tags: false, parents: new Set<string>() }],
  ]);
  readonly rows = new Map<string, Map<string, Value>>([
    ["Session s-1", new Map([["revoked", false]])],
    [
      "Device laptop",
      new Map([
        ["managed", true],
        ["encrypted", true],
      ]),
    ],
  ]);

  async fetch({ type, ids }: { type: string; ids: readonly string[] }): Promise<FetchResult> {
    const found = ids.flatMap((id) => {
      const attrs = this.rows.get(`${type} ${id}`);
      return attrs === undefined ? [] : ([[id, { attrs, parents: [] }]] as const);
    });
    return new Map(found);
  }

  async close(): Promise<void> {}
}

async function opened(
  t: TestContext,
  identity = BOTH,
): Promise<{ decider: ProjectDecider; inventory: Inventory; directory: string }> {
  const directory = await tempProject(t, {
    "schema.cedarschema": SCHEMA,
    "policies/all.cedar": POLICIES,
    "cordon.yaml": settings(identity),
  });
  const places = {
    "203.0.113.0/24": { country: { iso_code: "DE" } },
    "198.51.100.0/24": { country: { iso_code: "NL" } },
  };
  writeFileSync(join(directory, "places.mmdb"), addressDatabase(places));
  const inventory = new Inventory();
  const decider = await openProject(directory, { watch: false, sources: [inventory] });
  t.after(() => decider.close());
  return { decider, inventory, directory };
}

function asking(
  action: string,
  credentials: Credentials,
  more: Partial<DecisionRequest> = {},
): DecisionRequest {
  return { principal: 'User::"ann"', action, resource: 'Doc::"plan"', credentials, ...more };
}

describe("who is asking, from where, on what device", () => {
  test("is what can be verified, whatever the caller says", async (t) => {
    const { decider, inventory } = await opened(t);
    const token = await idp.tokenFor("ann", { claims: { groups: ["staff"], sid: "s-1" } });
    const home = { token, ip: "127.0.0.1", forwardedFor: `6.6.6.6, ${HOME}`, deviceId: "laptop" };
    const said = async (request: DecisionRequest): Promise<string> => {
      const { decision, reason, policies } = await decider.decide(request);
      return [decision, reason.code, ...policies.map(({ id }) => id)].join(" ");
    };
    assert.equal(await said(asking("read", home)), "allow permitted staff");
    assert.equal(await said(asking("write", home)), "allow permitted staff");
    assert.equal(await said(asking("read", { ...home, forwardedFor: AWAY })), "deny forbidden at-home");
    assert.equal(await said(asking("read", { ...home, forwardedFor: "garbage" })), "deny forbidden at-home");
    assert.equal(
      await said(asking("write", { ...home, deviceId: "other" })),
      "deny forbidden managed-writes",
    );
    const lies = {
      country: "DE",
      device: { managed: true, encrypted: true },
      actor: { type: "Agent", id: "x" },
    };
    const away = { ...home, forwardedFor: AWAY };
    assert.equal(await said(asking("read", away, { context: lies })), "deny forbidden at-home");
    assert.equal(await said(asking("read", home, { principal: 'User::"bob"' })), "deny identity_unverified");
    const { token: _, ...tokenless } = home;
    assert.equal(await said(asking("read", tokenless)), "deny identity_unverified");

    inventory.rows.set(
      "Device laptop",
      new Map([
        ["managed", false],
        ["encrypted", true],
      ]),
    );
    assert.equal(await said(asking("write", home)), "deny forbidden managed-writes");
    inventory.rows.set("Session s-1", new Map([["revoked", true]]));
    assert.equal(await said(asking("read", home)), "deny identity_unverified");
  });

  test("a token that the issuer can't vouch for is unavailable, not a guess", async (t) => {
    const { decider } = await opened(t);
    const token = await idp.tokenFor("ann", { claims: { groups: ["staff"], sid: "s-1" } });
    idp.instead = (_, res) => void res.writeHead(503).end();
    try {
      const { decision, reason } = await decider.decide(asking("read", { token, ip: HOME }));
      assert.equal(decision, "deny");
      assert.equal(reason.code, "source_unavailable");
      assert.match(reason.message, /`idp`/);
    } finally {
      idp.instead = undefined;
    }
  });

  test("an agent that acts for somebody may do what both may", async (t) => {
    const { decider } = await opened(t);
    const claims = { groups: ["staff"], sid: "s-1", act: { sub: "copilot" } };
    const token = await idp.tokenFor("ann", { claims });
    const credentials = { token, ip: HOME, deviceId: "laptop" };
    const read = await decider.decide(asking("read", credentials));
    assert.equal(read.decision, "allow");
    assert.deepEqual(
      read.policies.map(({ id }) => id),
      ["staff", "agents-read"],
    );
    const write = await decider.decide(asking("write", credentials));
    assert.equal(write.decision, "deny");
    assert.match(write.reason.message, /denied to `Agent::"copilot"`, who acts/);
    const alone = await opened(t, "identity: { both: false }");
    assert.equal((await alone.decider.decide(asking("write", credentials))).decision, "allow");
  });

  test("the log has what was verified and no credential, and replays to the same", async (t) => {
    const { decider } = await opened(t);
    const claims = { groups: ["staff"], sid: "s-1", act: { sub: "copilot" }, email: "ann@example.com" };
    const token = await idp.tokenFor("ann", { claims });
    for (const action of ["read", "write"]) {
      const { id } = await decider.decide(asking(action, { token, ip: HOME, deviceId: "laptop-of-ann" }));
      const record = await decider.log?.get(id);
      assert.ok(record);
      assert.deepEqual(record.request.context.actor, { __entity: { type: "Agent", id: "copilot" } });
      const text = JSON.stringify(record);
      for (const secret of [token, token.split(".")[2] ?? "", "laptop-of-ann"])
        assert.ok(!text.includes(secret));
      assert.equal((await decider.replay(id)).same, true, (await decider.replay(id)).differences.join());
    }
  });

  test("nobody may forget to say what an actor means, or say it of nobody", async (t) => {
    const wrong: [identity: string, message: RegExp][] = [
      ["", /needs the setting `identity`/],
      ["identity: { both: true, actor: device }", /looks at `context.device`/],
    ];
    for (const [identity, message] of wrong) {
      await assert.rejects(opened(t, identity), (error) => {
        assert.ok(error instanceof ProjectError);
        assert.match(error.message, message);
        return true;
      });
    }
    const policies = { "policies/all.cedar": POLICIES, "schema.cedarschema": SCHEMA };
    const directory = await tempProject(t, {
      ...policies,
      "cordon.yaml": "identity: { both: true, actor: actr }",
    });
    const { diagnostics } = await checkProject(directory);
    assert.deepEqual(
      diagnostics.map(({ code, help, range }) => [code, help, range?.start.line]),
      [["settings_unknown_actor", "did you mean `actor`?", 1]],
    );
  });
});
