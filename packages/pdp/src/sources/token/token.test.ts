import assert from "node:assert/strict";
import { createHmac, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type CedarRecord, type CedarSet, EntityUid, type ResolvedSchema, type Value } from "@cordon/engine";
import { SignJWT, UnsecuredJWT } from "jose";
import { generate } from "selfsigned";
import { IdentityProvider, makeKey, type ProviderKey } from "../../testing-internal/identity-provider.js";
import { fingerprintOf } from "../certificate.js";
import type { ContextRequest, Contribution } from "../context-source.js";
import { SourceError } from "../source-error.js";
import { open } from "./open.js";
import { type TokenSettings, tokenSettings } from "./settings.js";
import type { TokenSource } from "./token-source.js";

const SCHEMA: ResolvedSchema = {
  entityTypes: {
    User: {
      memberOfTypes: ["Group"],
      attributes: {
        email: { type: { type: "String" }, required: false },
        level: { type: { type: "Long" }, required: false },
      },
    },
    Group: { memberOfTypes: [], attributes: {} },
    Agent: { memberOfTypes: [], attributes: {} },
    Session: { memberOfTypes: [], attributes: {} },
  },
  actions: {
    'Action::"read"': {
      uid: { type: "Action", id: "read" },
      memberOf: [],
      principalTypes: ["User"],
      resourceTypes: ["User"],
      context: {
        type: "Record",
        attributes: {
          token: {
            type: {
              type: "Record",
              attributes: {
                scope: { type: { type: "Set", element: { type: "String" } }, required: false },
                session: { type: { type: "Entity", name: "Session" }, required: false },
                issued: { type: { type: "Extension", name: "datetime" }, required: true },
              },
            },
            required: false,
          },
          actor: { type: { type: "Entity", name: "Agent" }, required: false },
          actors: { type: { type: "Set", element: { type: "Entity", name: "Agent" } }, required: false },
        },
      },
    },
  },
};

const USER = {
  type: "User",
  attributes: { email: "email", level: "/profile/level" },
  parents: [{ type: "Group", ids: "groups" }],
};
const ALL = new Set(["token", "actor", "actors"]);
const ANN = EntityUid.of("User", "ann");

let idp: IdentityProvider;
before(async () => {
  idp = await IdentityProvider.start();
});
after(() => idp.stop());

function settingsWith(given: Record<string, unknown>): TokenSettings {
  return tokenSettings.parse({
    kind: "token",
    issuer: idp.issuer,
    audience: idp.audience,
    clockTolerance: 0,
    principal: USER,
    context: { token: { scope: "/scp", session: "sid", issued: "iat" } },
    actor: { type: "Agent", chain: "actors" },
    ...given,
  });
}

function sourceWith(given: Record<string, unknown> = {}, schema: ResolvedSchema | null = SCHEMA) {
  return open(settingsWith(given), { name: "idp", directory: "/", schema, logger: undefined });
}

function requestWith(token: string | undefined, more: Partial<ContextRequest> = {}): ContextRequest {
  return {
    principal: ANN,
    action: EntityUid.of("Action", "read"),
    credentials: token === undefined ? {} : { token },
    needed: ALL,
    now: new Date(),
    caller: "helpdesk",
    ...more,
  };
}

async function asked(
  source: TokenSource,
  token: string | undefined,
  more: Partial<ContextRequest> = {},
): Promise<Contribution> {
  return source.contribute(requestWith(token, more), new AbortController().signal);
}

function told(contribution: Contribution) {
  const [vouched] = contribution.entities ?? [];
  return {
    members: Object.fromEntries([...contribution.members].map(([name, value]) => [name, String(value)])),
    attrs: Object.fromEntries(vouched?.entity.attrs ?? []),
    parents: vouched?.entity.parents.map(String) ?? [],
    refusal: contribution.refusal?.message,
  };
}

async function refusalOf(source: TokenSource, token: string | undefined, more?: Partial<ContextRequest>) {
  const { refusal, members, entities } = await asked(source, token, more);
  if (refusal === undefined) return undefined;
  assert.equal(refusal.code, "identity_unverified");
  assert.equal(members.size, 0);
  assert.equal(entities, undefined);
  return refusal.message;
}

/** A token as the provider would sign it, but for what `change` does. */
function forged(
  claims: Record<string, unknown> = {},
  {
    key = idp.keys[0],
    header = {},
  }: { key?: ProviderKey | undefined; header?: Record<string, unknown> } = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  assert.ok(key);
  const body = { iss: idp.issuer, aud: idp.audience, sub: "ann", iat: now, exp: now + 60, ...claims };
  return new SignJWT(body)
    .setProtectedHeader({ alg: "RS256", kid: key.kid, typ: "at+jwt", ...header })
    .sign(key.privateKey);
}

describe("a token of a real provider", () => {
  test("says who asks, their attributes and groups, and who acts for them", async () => {
    const token = await idp.tokenFor("ann", {
      claims: {
        email: "ann@example.com",
        profile: { level: 3 },
        groups: ["agents", "staff"],
        sid: "s-1",
        scp: "read write",
        act: { sub: "copilot", act: { sub: "planner" } },
      },
    });
    const contribution = await asked(await sourceWith(), token);
    const { members, ...rest } = told(contribution);
    assert.deepEqual(rest, {
      attrs: { email: "ann@example.com", level: 3 },
      parents: ['Group::"agents"', 'Group::"staff"'],
      refusal: undefined,
    });
    assert.equal(members.actor, 'Agent::"copilot"');
    const record = contribution.members.get("token") as CedarRecord;
    assert.deepEqual([...(record.get("scope") as CedarSet)].sort(), ["read", "write"]);
    assert.equal(String(record.get("session")), 'Session::"s-1"');
    assert.deepEqual([...record.keys()].sort(), ["issued", "scope", "session"]);
    assert.ok((contribution.obtainedAt ?? Number.NaN) <= Date.now());
  });

  test("is verified once, and then without a hop", async () => {
    const source = await sourceWith();
    const token = await idp.tokenFor("ann");
    const first = source.contribute(requestWith(token), new AbortController().signal);
    assert.ok(first instanceof Promise);
    await first;
    const second = source.contribute(requestWith(token), new AbortController().signal);
    assert.ok(!(second instanceof Promise));
    assert.deepEqual(second.members, (await first).members);
    // A caller who wants it fresh has it verified again.
    assert.ok(
      source.contribute(requestWith(token, { maxAgeMs: 0 }), new AbortController().signal) instanceof Promise,
    );
  });

  test("of somebody else denies, whoever the caller says it is", async () => {
    const source = await sourceWith();
    const token = await idp.tokenFor("bob");
    const about = 'the token is about `User::"bob"`, not `User::"ann"`';
    assert.equal(await refusalOf(source, token), about);
    assert.equal(await refusalOf(source, token), about, "also from the cache");
  });

  test("expires, also in the cache", async () => {
    const source = await sourceWith();
    const token = await idp.tokenFor("ann", { ttl: 60 });
    assert.equal(await refusalOf(source, token), undefined);
    const later = new Date(Date.now() + 61_000);
    assert.equal(await refusalOf(source, token, { now: later }), "the token has expired");
    assert.equal(await refusalOf(await sourceWith(), token, { now: later }), "the token has expired");
    const tolerant = await sourceWith({ clockTolerance: "30s" });
    assert.equal(await refusalOf(tolerant, token, { now: later }), undefined);
    assert.equal(
      await refusalOf(tolerant, token, { now: new Date(Date.now() + 91_000) }),
      "the token has expired",
    );
  });

  test("may be asked for by age", async () => {
    const source = await sourceWith({ maxTokenAge: "1m" });
    const token = await idp.tokenFor("ann");
    assert.equal(await refusalOf(source, token), undefined);
    assert.equal(
      await refusalOf(source, token, { now: new Date(Date.now() + 62_000) }),
      "the token has expired",
    );
  });

  test("meant for another audience denies", async () => {
    const token = await idp.tokenFor("ann", { audience: "urn:other" });
    assert.match((await refusalOf(await sourceWith(), token)) ?? "", /meant for somebody else/);
    assert.equal(await refusalOf(await sourceWith({ audience: ["urn:x", "urn:other"] }), token), undefined);
    assert.equal(await refusalOf(await sourceWith({ audience: false }), token), undefined);
  });
});

describe("keys", () => {
  test("that the provider rotates are fetched for the first token that needs them", async () => {
    const own = await IdentityProvider.start();
    try {
      const source = await sourceWith({ issuer: own.issuer, cooldown: 0 });
      const before = await own.tokenFor("ann");
      assert.equal(await refusalOf(source, before), undefined);
      const [old] = own.keys;
      assert.ok(old);
      own.rotate([makeKey(), old]);
      const rotated = await own.tokenFor("ann");
      assert.equal(await refusalOf(source, rotated), undefined);
      assert.equal(await refusalOf(source, before), undefined, "the old key is published still");
      own.rotate([makeKey()]);
      assert.equal(await refusalOf(source, await own.tokenFor("ann")), undefined);
      const gone = await refusalOf(source, rotated, { maxAgeMs: 0 });
      assert.equal(gone, "the token is signed with a key that its issuer does not publish");
    } finally {
      await own.stop();
    }
  });

  test("are not fetched for every token that anybody makes up", async () => {
    const source = await sourceWith({ cooldown: "1h" });
    await asked(source, await idp.tokenFor("ann"));
    const fetched = () => idp.asked.filter((path) => path === "/jwks").length;
    const known = fetched();
    for (let i = 0; i < 20; i++) {
      const token = await forged({}, { header: { kid: `../../etc/passwd${i}' OR 1=1` } });
      assert.match((await refusalOf(source, token)) ?? "", /does not publish/);
    }
    assert.equal(fetched(), known);
  });

  test("are fetched once for all who wait", async () => {
    const source = await sourceWith();
    const token = await idp.tokenFor("ann");
    idp.asked.length = 0;
    await Promise.all(Array.from({ length: 50 }, () => asked(source, token)));
    assert.deepEqual([...idp.asked].sort(), ["/.well-known/openid-configuration", "/jwks"]);
  });

  test("that can't be had make the source unavailable, and are believed on only where the settings say so", async () => {
    const own = await IdentityProvider.start();
    try {
      const token = await own.tokenFor("ann");
      const strict = await sourceWith({ issuer: own.issuer, keysMaxAge: 20, maxAge: 0 });
      const lenient = await sourceWith({ issuer: own.issuer, keysMaxAge: 20, maxAge: 0, staleIfError: "1h" });
      for (const source of [strict, lenient]) assert.equal(await refusalOf(source, token), undefined);
      own.instead = (_, res) => void res.writeHead(503).end();
      await delay(30);
      await assert.rejects(asked(strict, token), isSourceError("source_refused"));
      const stale = await asked(lenient, token);
      assert.equal(stale.refusal, undefined);
      assert.equal(stale.stale, true);
      const cold = await sourceWith({ issuer: own.issuer, staleIfError: "1h" });
      await assert.rejects(asked(cold, token), isSourceError("source_refused"));
    } finally {
      await own.stop();
    }
  });

  test("of an issuer that is silent, gone, of another name or garbled", async () => {
    const token = await idp.tokenFor("ann");
    const answers: [string, IdentityProvider["instead"]][] = [
      ["source_timeout", () => {}],
      ["source_unreachable", (_, res) => void res.destroy()],
      ["source_malformed", (_, res) => void res.end("<html>")],
      [
        "source_malformed",
        (_, res) => void res.end('{"issuer":"https://evil.example","jwks_uri":"https://evil.example/"}'),
      ],
      ["source_refused", (_, res) => void res.writeHead(302, { location: "/jwks" }).end()],
      ["source_malformed", (_, res) => void res.end(`"${"x".repeat(2_000_000)}"`)],
    ];
    try {
      for (const [code, instead] of answers) {
        const source = await sourceWith({ timeout: 200 });
        idp.instead = instead;
        await assert.rejects(asked(source, token), isSourceError(code));
      }
    } finally {
      idp.instead = undefined;
    }
  });

  test("one who leaves does not take the others' answer along", async () => {
    const source = await sourceWith();
    const token = await idp.tokenFor("ann");
    const leaving = new AbortController();
    const left = source.contribute(requestWith(token), leaving.signal);
    const staying = asked(source, token);
    leaving.abort(new Error("left"));
    await assert.rejects(Promise.resolve(left), /left/);
    assert.equal((await staying).refusal, undefined);
  });
});

describe("what proves nothing", () => {
  const FORGERIES: Record<string, () => Promise<string> | string> = {
    "no token at all": () => "",
    garbage: () => "not-a-token",
    "four parts": () => "a.b.c.d",
    "a huge token": () => `${"a".repeat(20_000)}.b.c`,
    "claims that are no object": () => `${encode({ alg: "RS256" })}.${encode([1])}.c`,
    "two claims of one name": async () => {
      const token = await forged();
      const twice = `{"iss":"${idp.issuer}","sub":"bob","sub":"ann"}`;
      return token.replace(/\.[^.]+\./, `.${Buffer.from(twice).toString("base64url")}.`);
    },
    "alg none": () =>
      new UnsecuredJWT({ iss: idp.issuer, aud: idp.audience, sub: "ann", exp: 2 ** 40 }).encode(),
    "alg none with a signature": async () => withHeader(await forged(), { alg: "none" }),
    "alg NONE": async () => withHeader(await forged(), { alg: "NONE" }),
    "the public key as an HMAC secret, PEM": () =>
      confused((key) => key.export({ type: "spki", format: "pem" })),
    "the public key as an HMAC secret, DER": () =>
      confused((key) => key.export({ type: "spki", format: "der" })),
    "another's key under the provider's key id": () =>
      forged({}, { key: { ...makeKey(), kid: idp.keys[0]?.kid ?? "" } }),
    "a key of its own in the header": async () => {
      const mine = makeKey("mine");
      return forged({}, { key: mine, header: { jwk: mine.publicKey.export({ format: "jwk" }) } });
    },
    "keys from an address in the header": () =>
      forged({}, { key: makeKey(), header: { jku: "https://evil.example/jwks" } }),
    "other claims under the signature": async () => {
      const [header, , signature] = (await forged({ sub: "bob" })).split(".");
      const now = Math.floor(Date.now() / 1_000);
      return `${header}.${encode({ iss: idp.issuer, aud: idp.audience, sub: "ann", exp: now + 60 })}.${signature}`;
    },
    "another issuer": () => forged({ iss: "https://evil.example" }),
    "an issuer that only begins like it": () => forged({ iss: `${idp.issuer}/` }),
    "no issuer": () => forged({ iss: undefined }),
    "another audience": () => forged({ aud: "urn:other" }),
    "no audience": () => forged({ aud: undefined }),
    "an audience that only begins like it": () => forged({ aud: `${idp.audience}.evil` }),
    "a time to come": () => forged({ nbf: Math.floor(Date.now() / 1_000) + 60 }),
    "issued in the future": () => forged({ iat: Math.floor(Date.now() / 1_000) + 60 }),
    "a time that is gone": () => forged({ exp: Math.floor(Date.now() / 1_000) - 1 }),
    "no end": () => forged({ exp: undefined }),
    "an end that is no time": () => forged({ exp: "never" }),
    "a demand that nobody knows": () => forged({}, { header: { crit: ["b64"], b64: true } }),
    "another kind of token": () => forged({}, { header: { typ: "logout+jwt" } }),
    "a kind that is no text": async () => withHeader(await forged(), { alg: "RS256", typ: 7 }),
    nobody: () => forged({ sub: undefined }),
    "nobody, at length": () => forged({ sub: { toString: "ann" } }),
    "an actor without a name": () => forged({ act: {} }),
    "an actor that is no object": () => forged({ act: "copilot" }),
  };

  for (const [name, forge] of Object.entries(FORGERIES)) {
    test(name, async () => {
      const token = await forge();
      const message = await refusalOf(await sourceWith(), token);
      assert.ok(message, "it was believed");
      assert.ok(token.length < 8 || !message.includes(token.slice(0, 40)), "the message holds the token");
    });
  }

  test("the same token without any of it is believed, so that each case fails for its own reason", async () => {
    assert.equal(await refusalOf(await sourceWith(), await forged()), undefined);
    assert.equal(
      await refusalOf(await sourceWith(), await forged({}, { header: { typ: "JWT" } })),
      undefined,
    );
    assert.equal(
      await refusalOf(await sourceWith(), await forged({}, { header: { typ: undefined } })),
      undefined,
    );
  });

  test("settings narrow further", async () => {
    const token = await forged();
    assert.match((await refusalOf(await sourceWith({ algorithms: ["ES256"] }), token)) ?? "", /`alg`/);
    assert.match((await refusalOf(await sourceWith({ tokenTypes: ["JWT"] }), token)) ?? "", /`typ`/);
    assert.equal(await refusalOf(await sourceWith({ tokenTypes: ["application/AT+JWT"] }), token), undefined);
    assert.match((await refusalOf(await sourceWith({ requiredClaims: ["sid"] }), token)) ?? "", /`sid`/);
  });
});

describe("without a token", () => {
  const silent = { members: {}, attrs: {}, parents: [], refusal: undefined };
  test("whom the source vouches for is denied", async () => {
    assert.equal(await refusalOf(await sourceWith(), undefined), "no token says who asks");
  });
  test("a principal of another type is none of its business", async () => {
    const principal = EntityUid.of("Agent", "copilot");
    assert.deepEqual(told(await asked(await sourceWith(), undefined, { principal })), silent);
  });
  test("settings may leave it to the caller, or to some callers", async () => {
    assert.deepEqual(told(await asked(await sourceWith({ required: false }), undefined)), silent);
    const source = await sourceWith({ trustedCallers: ["batch"] });
    assert.deepEqual(told(await asked(source, undefined, { caller: "batch" })), silent);
    assert.ok(await refusalOf(source, undefined, { caller: "other" }));
    assert.ok(
      await refusalOf(source, await idp.tokenFor("bob"), { caller: "batch" }),
      "a token counts still",
    );
  });
});

describe("claims", () => {
  test("of another type than declared make the source unavailable", async () => {
    const source = await sourceWith();
    for (const claims of [{ profile: { level: "high" } }, { groups: [7] }, { scp: 7 }, { sid: ["s"] }]) {
      await assert.rejects(asked(source, await forged(claims)), isSourceError("source_mismatch"));
    }
  });

  test("that are missing, null or not asked for are absent", async () => {
    const source = await sourceWith();
    const token = await forged({ email: null });
    assert.deepEqual(told(await asked(source, token)).attrs, {});
    assert.deepEqual([...(await asked(source, token, { needed: new Set(["actor"]) })).members], []);
  });

  test("can be a member of the context by itself", async () => {
    const source = await sourceWith({ context: { mfa: "mfa", level: "/profile/level" } }, null);
    const membersOf = async (claims: Record<string, unknown>) => {
      const { members } = await asked(source, await forged(claims), { needed: new Set(["mfa", "level"]) });
      return Object.fromEntries(members);
    };
    assert.deepEqual(await membersOf({ mfa: true, profile: { level: 3 } }), { mfa: true, level: 3 });
    assert.deepEqual(await membersOf({ mfa: null, profile: {} }), {});
  });

  test("big integers arrive exactly, without a schema too", async () => {
    const [key] = idp.keys;
    const text = `{"iss":"${idp.issuer}","aud":"${idp.audience}","sub":"ann","exp":4102444800,"profile":{"level":9223372036854775807}}`;
    const input = `${encode({ alg: "RS256", kid: key?.kid })}.${Buffer.from(text).toString("base64url")}`;
    const { createSign } = await import("node:crypto");
    const signature = createSign("RSA-SHA256")
      .update(input)
      .sign(key?.privateKey as KeyObject, "base64url");
    const token = `${input}.${signature}`;
    for (const schema of [SCHEMA, null]) {
      const { attrs } = told(await asked(await sourceWith({ context: {} }, schema), token));
      assert.equal(attrs.level, 9223372036854775807n);
    }
  });

  test("of several kinds of principals the first that fits", async () => {
    const principal = [
      { type: "Agent", id: "client_id", when: { claim: "gty", is: "client-credentials" } },
      { type: "User" },
    ];
    const source = await sourceWith({ principal });
    const agent = { principal: EntityUid.of("Agent", "web") };
    const token = await forged({ gty: "client-credentials", client_id: "web" });
    assert.equal(await refusalOf(source, token, agent), undefined);
    assert.ok(await refusalOf(source, token));
    assert.equal(await refusalOf(source, await forged()), undefined);
  });

  test("of several issuers are kept apart", async () => {
    const other = await IdentityProvider.start();
    try {
      const source = await sourceWith({
        issuer: undefined,
        audience: undefined,
        issuers: [
          { issuer: idp.issuer, audience: idp.audience },
          { issuer: other.issuer, audience: other.audience, prefix: "partner|" },
        ],
      });
      assert.equal(await refusalOf(source, await idp.tokenFor("ann")), undefined);
      const theirs = await other.tokenFor("ann", { claims: { groups: ["agents"] } });
      assert.match((await refusalOf(source, theirs)) ?? "", /partner\|ann/);
      const partner = { principal: EntityUid.of("User", "partner|ann") };
      assert.deepEqual(told(await asked(source, theirs, partner)).parents, ['Group::"partner|agents"']);
      const mixed = await forged({ iss: other.issuer });
      assert.ok(await refusalOf(source, mixed, partner), "one issuer's key proves nothing of another");
    } finally {
      await other.stop();
    }
  });
});

describe("a session", () => {
  const sessions = new Map<string, ReadonlyMap<string, Value>>([
    ["going-on", new Map([["revoked", false]])],
    ["no-column", new Map()],
    ["revoked", new Map([["revoked", true]])],
    ["revoked-at", new Map([["revoked", "2026-11-24T12:00:00Z"]])],
  ]);
  const CASES: [sid: string | undefined, refusal: string | undefined][] = [
    ["going-on", undefined],
    ["no-column", undefined],
    ["revoked", "the session of the token was revoked"],
    ["revoked-at", "the session of the token was revoked"],
    ["gone", "the session of the token has ended"],
    [undefined, "the token names no session"],
  ];
  for (const isLater of [false, true]) {
    test(`is asked for at every request, answered ${isLater ? "later" : "at once"}`, async () => {
      const settings = settingsWith({ session: { type: "Session", revoked: "revoked" } });
      const source = await open(settings, {
        name: "idp",
        directory: "/",
        schema: SCHEMA,
        logger: undefined,
        ask: ({ id }) => {
          const attrs = sessions.get(id);
          const answer = attrs === undefined ? null : { attrs, obtainedAt: 0, stale: false };
          return isLater ? Promise.resolve(answer) : answer;
        },
      });
      for (const [sid, refusal] of CASES) {
        const token = await forged({ sid });
        for (const time of ["first", "cached"]) assert.equal(await refusalOf(source, token), refusal, time);
      }
      const token = await forged({ sid: "going-on" });
      sessions.set("going-on", new Map([["revoked", true]]));
      assert.equal(await refusalOf(source, token), "the session of the token was revoked");
      sessions.set("going-on", new Map([["revoked", false]]));
    });
  }

  test("needs a source that knows sessions", async () => {
    const source = await sourceWith({ session: { type: "Session" } });
    await assert.rejects(asked(source, await forged({ sid: "s-1" })), isSourceError("source_settings"));
  });
});

describe("a token bound to a key", async () => {
  const { cert } = await generate([{ name: "commonName", value: "laptop" }], { keySize: 2048 });
  const thumbprint = Buffer.from(fingerprintOf(cert) ?? "", "hex").toString("base64url");
  const shown = (token: string, clientCertificate?: string) => ({
    credentials: { token, ...(clientCertificate === undefined ? {} : { clientCertificate }) },
  });

  test("needs the certificate that it is bound to", async () => {
    const source = await sourceWith();
    const token = await forged({ cnf: { "x5t#S256": thumbprint } });
    const unshown = "the token is bound to a certificate that was not shown";
    assert.equal(await refusalOf(source, token, shown(token)), unshown);
    assert.equal(await refusalOf(source, token, shown(token, cert)), undefined);
    assert.equal(await refusalOf(source, token, shown(token, "garbage")), unshown);
    assert.equal(await refusalOf(source, token, shown(token, "00".repeat(32))), unshown);
    assert.equal(await refusalOf(source, token, shown(token)), unshown, "also from the cache");
  });

  test("is refused where its proof is not the decision point's to check, unless the gate is trusted to", async () => {
    for (const cnf of [{ jkt: "thumbprint" }, {}, "x", { "x5t#S256": 7 }]) {
      const token = await forged({ cnf });
      assert.match((await refusalOf(await sourceWith(), token)) ?? "", /not proven here/);
      assert.equal(await refusalOf(await sourceWith({ boundTokens: "trust" }), token), undefined);
    }
  });
});

test("what the schema has no place for is found when the source is opened", async () => {
  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ principal: { type: "Person" } }, /entity type `Person`/],
    [{ principal: { type: "User", attributes: { shoe: "shoe" } } }, /attribute `shoe` of `User`/],
    [
      { principal: { type: "User", parents: [{ type: "Agent", ids: "groups" }] } },
      /parent of type `Agent` of `User`/,
    ],
    [{ context: { mood: {} } }, /a member `mood`/],
    [{ keys: "missing.json" }, /ENOENT/],
  ];
  for (const [given, message] of wrong) {
    await assert.rejects(sourceWith(given), (error) => {
      assert.match(String(error), message);
      return isSourceError("source_settings")(error);
    });
  }
});

test("settings that could only be mistakes are refused", () => {
  const refused: Record<string, unknown>[] = [
    { issuer: "http://id.example.com" },
    { issuer: undefined },
    { audience: undefined },
    { algorithms: ["none"] },
    { algorithms: ["HS256"] },
    { algorithms: [] },
    { issuers: [{ issuer: "https://id.example.com", audience: "a" }] },
  ];
  for (const given of refused) assert.throws(() => settingsWith(given), JSON.stringify(given));
});

test("keys may lie in a file, but no secret ones", async () => {
  const directory = mkdtempSync(join(tmpdir(), "cordon-keys-"));
  const [key] = idp.keys;
  assert.ok(key);
  const files: Record<string, [text: string | Buffer, good: boolean]> = {
    "public.pem": [key.publicKey.export({ type: "spki", format: "pem" }), true],
    "private.pem": [key.privateKey.export({ type: "pkcs8", format: "pem" }), false],
    "set.json": [
      JSON.stringify({ keys: [{ ...key.publicKey.export({ format: "jwk" }), kid: key.kid }] }),
      true,
    ],
    "secret.json": [JSON.stringify({ keys: [{ kty: "oct", k: "c2VjcmV0" }] }), false],
    "empty.json": ["", false],
  };
  try {
    for (const [file, [text, good]] of Object.entries(files)) {
      writeFileSync(join(directory, file), text);
      const settings = settingsWith({ keys: file });
      const opening = open(settings, { name: "idp", directory, schema: SCHEMA, logger: undefined });
      if (!good) await assert.rejects(opening, isSourceError("source_settings"), file);
      else {
        // PEM has no key ids, so a key of it fits whatever id the token names or none.
        const header = file.endsWith(".pem") ? { kid: undefined } : {};
        assert.equal(await refusalOf(await opening, await forged({}, { header })), undefined, file);
      }
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

describe("introspection", () => {
  const introspecting = (when: "opaque" | "always") => ({
    introspection: {
      url: `${idp.issuer}/token/introspection`,
      clientId: idp.client.id,
      clientSecret: idp.client.secret,
      when,
    },
  });

  test("tells of opaque tokens, until they are revoked", async () => {
    const source = await sourceWith({ ...introspecting("opaque"), context: {} });
    const token = await idp.tokenFor("ann", { format: "opaque" });
    assert.equal(await refusalOf(source, token), undefined);
    await idp.revoke(token);
    assert.equal(await refusalOf(source, token), "the token is no longer active at its issuer");
    assert.match(
      (await refusalOf(await sourceWith(), token)) ?? "",
      /malformed/,
      "no opaque token without it",
    );
  });

  test("a wrong secret makes the source unavailable, and stays out of the message", async () => {
    const { introspection } = introspecting("opaque");
    const source = await sourceWith({ introspection: { ...introspection, clientSecret: "hunter2hunter2" } });
    await assert.rejects(asked(source, "opaque-token"), (error) => {
      assert.doesNotMatch(`${error}${JSON.stringify(error)}`, /hunter2|opaque-token/);
      return isSourceError("source_refused")(error);
    });
  });
});

function isSourceError(code: string) {
  return (error: unknown) => {
    assert.ok(error instanceof SourceError, String(error));
    assert.equal(error.code, code);
    assert.equal(error.source, "idp");
    return true;
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function withHeader(token: string, header: object): string {
  return token.replace(/^[^.]+/, encode({ kid: idp.keys[0]?.kid, ...header }));
}

/** Signed with HMAC under the provider's public key, which anybody can fetch. */
function confused(secret: (key: KeyObject) => string | Buffer): string {
  const [key] = idp.keys;
  assert.ok(key);
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: idp.issuer, aud: idp.audience, sub: "ann", iat: now, exp: now + 60 };
  const input = `${encode({ alg: "HS256", kid: key.kid, typ: "at+jwt" })}.${encode(claims)}`;
  const signature = createHmac("sha256", secret(key.publicKey)).update(input).digest("base64url");
  return `${input}.${signature}`;
}
