import type { ResolvedSchema } from "@cordon/engine";
import { optionsOf } from "../common-settings.js";
import { askNobody, type SourceEnvironment } from "../context-source.js";
import { SourceError } from "../source-error.js";
import { Introspection } from "./introspection.js";
import { fileKeys, PublishedKeys } from "./issuer-keys.js";
import { JwtVerifier, type KnownIssuer } from "./jwt-verifier.js";
import { type IssuerSettings, issuersOf, type TokenSettings } from "./settings.js";
import { TokenMapping } from "./token-mapping.js";
import { TokenSource } from "./token-source.js";
import { VerifiedCache } from "./verified-cache.js";
import type { TokenVerifier } from "./verified-token.js";

const DEFAULT_MAX_AGE_MS = 60_000;

/** @throws SourceError `source_settings` for keys that can't be used, or what the schema has no place for */
export async function open(settings: TokenSettings, environment: SourceEnvironment): Promise<TokenSource> {
  const { name, schema, ask = askNobody(environment.name) } = environment;
  const mapping = new TokenMapping(settings, schema);
  if (schema !== null) checkAgainst(schema, name, mapping);
  const issuers = await Promise.all(
    issuersOf(settings).map((issuer) => knownIssuer(issuer, settings, environment)),
  );
  const isAsked = settings.introspection !== undefined;
  return new TokenSource({
    name,
    settings,
    mapping,
    ask,
    verifier: verifierOf(name, issuers, settings),
    // Who has the issuer asked about tokens wants to know of revocations at once.
    cache: new VerifiedCache(settings.maxAge ?? (isAsked ? 0 : DEFAULT_MAX_AGE_MS)),
    options: optionsOf({ timeout: settings.timeout }),
  });
}

function checkAgainst(schema: ResolvedSchema, name: string, { vouchesFor, members }: TokenMapping): void {
  const missing = (what: string) =>
    new SourceError(
      "source_settings",
      name,
      `the schema has no ${what}`,
      "declare it in the schema, or take it out of the source",
    );
  for (const [type, { attributes, parents }] of vouchesFor) {
    const declared = Object.hasOwn(schema.entityTypes, type) ? schema.entityTypes[type] : undefined;
    if (declared === undefined) throw missing(`entity type \`${type}\``);
    for (const attribute of attributes) {
      if (!Object.hasOwn(declared.attributes, attribute))
        throw missing(`attribute \`${attribute}\` of \`${type}\``);
    }
    for (const parent of parents) {
      if (!declared.memberOfTypes.includes(parent))
        throw missing(`parent of type \`${parent}\` of \`${type}\``);
    }
  }
  const contexts = Object.values(schema.actions).map(({ context }) => context.attributes);
  for (const member of members) {
    if (!contexts.some((attributes) => Object.hasOwn(attributes, member)))
      throw missing(`context with a member \`${member}\``);
  }
}

async function knownIssuer(
  issuer: IssuerSettings,
  settings: TokenSettings,
  { name, directory }: SourceEnvironment,
): Promise<KnownIssuer> {
  const keys =
    issuer.keys === undefined
      ? new PublishedKeys(name, issuer, settings)
      : await fileKeys(name, directory, issuer.keys);
  return { settings: issuer, keys };
}

function verifierOf(name: string, issuers: KnownIssuer[], settings: TokenSettings): TokenVerifier {
  const jwt = new JwtVerifier(issuers, settings);
  const { introspection } = settings;
  const [first] = issuers;
  if (introspection === undefined || first === undefined) return jwt;
  const asked = new Introspection(name, introspection, first.settings, settings);
  return {
    async verify(token, now, signal) {
      if (token.split(".").length !== 3) return asked.verify(token, now, signal);
      const verified = await jwt.verify(token, now);
      if (introspection.when === "always") await asked.verify(token, now, signal);
      return verified;
    },
  };
}
