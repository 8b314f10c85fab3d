import assert from "node:assert/strict";
import { test } from "node:test";
import { SignJWT } from "jose";
import { makeKey } from "../testing-internal/identity-provider.js";
import { serve } from "./serve.test.support.js";

const key = makeKey();

const FILES = {
  "schema.cedarschema": `
    entity User;
    entity Agent;
    entity Doc;
    action read appliesTo { principal: [User, Agent], resource: [Doc], context: { actor?: Agent } };
  `,
  "policies/all.cedar": `
    @id("people") permit (principal == User::"ann", action, resource);
    @id("copilot") permit (principal == Agent::"copilot", action, resource);
  `,
  "issuer.pem": String(key.publicKey.export({ type: "spki", format: "pem" })),
  "cordon.yaml": `
identity: { both: true }
sources:
  idp:
    kind: token
    issuer: https://id.example.com
    audience: docs
    keys: issuer.pem
    principal: { type: User }
    actor: { type: Agent }
`,
};

function tokenWith(claims: Record<string, unknown>): Promise<string> {
  return new SignJWT({ iss: "https://id.example.com", aud: "docs", exp: 4_102_444_800, ...claims })
    .setProtectedHeader({ alg: "RS256" })
    .sign(key.privateKey);
}

test("credentials come with the context, are verified, and go no further", async (t) => {
  const { post, get, lines } = await serve(t, { files: FILES });
  const ask = async (id: string, context: object) => {
    const body = {
      subject: { type: "User", id },
      action: { name: "read" },
      resource: { type: "Doc", id: "1" },
      context,
    };
    const { json, text } = await post("/access/v1/evaluation?debug", body);
    return { decision: json.decision, code: json.context.reason.code, ignored: json.context.ignored, text };
  };
  const token = await tokenWith({ sub: "ann" });
  const answers = [
    await ask("ann", { credentials: { token } }),
    await ask("bob", { credentials: { token } }),
    await ask("ann", {}),
    await ask("ann", { credentials: { token: await tokenWith({ sub: "ann", act: { sub: "copilot" } }) } }),
    await ask("ann", { credentials: { token: await tokenWith({ sub: "ann", act: { sub: "other" } }) } }),
    await ask("ann", { credentials: { token }, actor: { type: "Agent", id: "other" } }),
  ];
  assert.deepEqual(
    answers.map(({ decision, code }) => `${decision} ${code}`),
    [
      "true permitted",
      "false identity_unverified",
      "false identity_unverified",
      "true permitted",
      "false no_permit",
      "true permitted",
    ],
  );
  assert.deepEqual(answers.at(-1)?.ignored, ["/context/actor"], "who acts is not the caller's to say");
  const wrong = await post("/access/v1/evaluation", {
    subject: { type: "User", id: "ann" },
    action: { name: "read" },
    resource: { type: "Doc", id: "1" },
    context: { credentials: { token: 7 } },
  });
  assert.deepEqual([wrong.status, wrong.json.pointer], [400, "/context/credentials/token"]);
  const log = await get("/cordon/v1/decisions");
  const secret = token.split(".")[2] ?? "";
  for (const text of [log.text, JSON.stringify(lines), ...answers.map((answer) => answer.text)]) {
    assert.ok(secret.length > 100 && !text.includes(secret));
  }
});

test("a batch shares the credentials of its default context", async (t) => {
  const { post } = await serve(t, { files: FILES });
  const { json } = await post("/access/v1/evaluations", {
    subject: { type: "User", id: "ann" },
    action: { name: "read" },
    context: { credentials: { token: await tokenWith({ sub: "ann" }) } },
    evaluations: [
      { resource: { type: "Doc", id: "1" } },
      { resource: { type: "Doc", id: "2" }, context: {} },
      { resource: { type: "Doc", id: "3" }, subject: { type: "User", id: "bob" } },
    ],
  });
  assert.deepEqual(
    json.evaluations.map(({ decision }: { decision: boolean }) => decision),
    [true, true, false],
  );
});
