import { z } from "zod";
import { commonShape } from "../common-settings.js";
import { duration } from "../durations.js";
import { parsePointer } from "../json-pointer.js";

/**
 * Asymmetric ones only. With HMAC whoever can verify a token can also make one, and a library that is handed a
 * public key for it verifies what anybody made.
 */
export const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
] as const;

const name = z.string().min(1, "must not be empty");

/** A claim: its name, or a JSON pointer into the claims. Once read: the path. */
const claim = name
  .regex(/^([^/]|\/([^~]|~[01])*$)/, "must be the name of a claim, or a JSON pointer such as `/realm/roles`")
  .transform((text) => (text.startsWith("/") ? parsePointer(text) : [text]));

const url = name.refine(isSafeUrl, "must be an https URL; http is for addresses of this machine alone");

function isSafeUrl(text: string): boolean {
  // Behind such a reference the URL is only known once the source is opened.
  if (text.startsWith("${")) return true;
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  if (protocol === "https:") return true;
  return protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

const audience = z.union([name, z.array(name).min(1), z.literal(false)]);

const issuerShape = {
  audience: audience.describe(
    "for whom tokens must be meant: this application's name at the issuer; `false` takes any, also those meant for others",
  ),
  jwks: url.optional().describe("where the issuer's keys are, if its discovery document shall not be asked"),
  keys: name.optional().describe("the issuer's keys in a file instead: a JSON Web Key Set, or PEM"),
};

const issuer = z.strictObject({
  issuer: url.describe("the issuer as tokens name it"),
  ...issuerShape,
  prefix: z
    .string()
    .default("")
    .describe("begins the id of everybody whom this issuer names, so that two issuers' `42` are two people"),
});

const principal = z.strictObject({
  type: name.describe("the entity type of whoever the token is about"),
  id: claim.prefault("sub").describe("the claim that is the id; `sub` without it"),
  when: z
    .strictObject({ claim: claim.describe("the claim to look at"), is: z.string().describe("its value") })
    .optional()
    .describe("only tokens that say so are about an entity of this type"),
  attributes: z.record(name, claim).default({}).describe("attributes of the principal, from claims"),
  parents: z
    .array(
      z.strictObject({
        type: name.describe("the entity type of the parents"),
        ids: claim.describe("the claim that lists their ids: `groups`"),
      }),
    )
    .default([])
    .describe("parents of the principal, from claims"),
});

const actor = z.strictObject({
  type: name.describe("the entity type of whoever acts for the principal"),
  claim: claim.prefault("act").describe("the claim that holds the actor; `act` (RFC 8693) without it"),
  id: claim.prefault("sub").describe("the id, inside that claim; `sub` without it"),
  member: name.default("actor").describe("the member of the context that is the nearest actor"),
  chain: name
    .optional()
    .describe("the member of the context that is the set of all actors, where one acts for another"),
});

const introspection = z.strictObject({
  url: url.describe("the issuer's introspection endpoint (RFC 7662)"),
  clientId: name.describe("the id that this decision point has at the issuer"),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how secrets are written in settings
  clientSecret: name.describe("its secret: `${env:NAME}` or `${file:path}`"),
  when: z
    .enum(["opaque", "always"])
    .default("opaque")
    .describe("`opaque`: for tokens that are no JWT; `always`: also to learn that a JWT was revoked"),
});

const session = z.strictObject({
  type: name.describe("the entity type of sessions, which another source provides"),
  id: claim.prefault("sid").describe("the claim that is the session's id; `sid` without it"),
  revoked: name
    .optional()
    .describe("the attribute that says so once the session is revoked: true, or when it was"),
});

/** A source of kind `token`: who asks, as an issuer vouches for it. */
export const tokenSettings = z
  .strictObject({
    kind: z.literal("token").describe("verifies OpenID Connect and other JSON web tokens"),
    timeout: commonShape.timeout,
    maxAge: duration
      .optional()
      .describe(
        "how long a verified token, or what introspection said of it, is believed; 1m and 0 without it",
      ),
    staleIfError: duration
      .default(0)
      .describe("how much longer known keys are believed while the issuer gives none; not at all without it"),
    issuer: issuer.shape.issuer.optional(),
    audience: issuerShape.audience.optional(),
    jwks: issuerShape.jwks,
    keys: issuerShape.keys,
    issuers: z.array(issuer).min(1).optional().describe("several issuers, instead of `issuer`"),
    introspection: introspection.optional().describe("asks the issuer itself about tokens"),
    algorithms: z
      .array(z.enum(ALGORITHMS))
      .min(1)
      .default([...ALGORITHMS])
      .describe("how tokens may be signed; every asymmetric way without it"),
    tokenTypes: z
      .array(name)
      .min(1)
      .optional()
      .describe("the header `typ` that tokens must have: `[at+jwt]`; `JWT`, `at+jwt` or none without it"),
    clockTolerance: duration.prefault("30s").describe("how far clocks may differ; 30s without it"),
    maxTokenAge: duration.optional().describe("how long ago a token may have been issued"),
    requiredClaims: z.array(name).default([]).describe("claims that a token must have, beside `exp`"),
    keysMaxAge: duration.prefault("10m").describe("how long the issuer's keys are kept; 10m without it"),
    cooldown: duration
      .prefault("10s")
      .describe("how soon keys are fetched again for a token that none of them fits; 10s without it"),
    boundTokens: z
      .enum(["check", "trust"])
      .default("check")
      .describe(
        "tokens bound to a key (`cnf`): `check` compares the client's certificate and refuses what needs a DPoP proof; `trust` leaves it to the gate",
      ),
    required: z
      .boolean()
      .default(true)
      .describe("whether a principal that the source can vouch for is denied without a token"),
    trustedCallers: z
      .array(name)
      .default([])
      .describe("API keys, by name, whose word counts where no token comes along"),
    principal: z
      .union([principal, z.array(principal).min(1)])
      .describe("whom a token is about: the principal must be that; of several the first that fits"),
    context: z
      .record(name, z.union([claim, z.record(name, claim)]))
      .default({})
      .describe("members of the context, each a claim or a record of claims: `token: { scope: scope }`"),
    actor: actor.optional().describe("the member of the context that is who acts for the principal"),
    session: session.optional().describe("the session must be known to another source, and not be revoked"),
  })
  .check(({ value, issues }) => {
    const { issuer: one, issuers: several, audience: meant } = value;
    const wrong =
      (one === undefined) === (several === undefined)
        ? "needs either `issuer` or `issuers`"
        : one !== undefined && meant === undefined
          ? "needs `audience` beside `issuer`"
          : several !== undefined && (meant !== undefined || value.jwks || value.keys)
            ? "says `audience`, `jwks` and `keys` of each of the `issuers`"
            : several !== undefined && value.introspection !== undefined
              ? "can use `introspection` with one `issuer` only"
              : null;
    if (wrong !== null) issues.push({ code: "custom", message: wrong, input: value });
  });

export type TokenSettings = z.output<typeof tokenSettings>;
export type IssuerSettings = z.output<typeof issuer>;
export type PrincipalSettings = z.output<typeof principal>;
export type ActorSettings = z.output<typeof actor>;
export type SessionSettings = z.output<typeof session>;
export type IntrospectionSettings = z.output<typeof introspection>;

/** The path of a claim, as settings give it. */
export type ClaimPath = readonly string[];

export function issuersOf(settings: TokenSettings): IssuerSettings[] {
  const { issuer: one, audience: meant, jwks, keys, issuers } = settings;
  if (issuers !== undefined) return issuers;
  return [{ issuer: one ?? "", audience: meant ?? false, jwks, keys, prefix: "" }];
}
