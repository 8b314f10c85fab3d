import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { JsonValue } from "@cordon/engine/json";
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { fetchJson } from "../fetch-json.js";
import { SourceError } from "../source-error.js";
import type { IssuerSettings, TokenSettings } from "./settings.js";

/** Keys of an issuer. */
export interface IssuerKeys {
  /** @throws SourceError where there are none to look into; jose's own errors where none fits */
  readonly find: JWTVerifyGetKey;
  /** Whether the keys are older than wanted, because the issuer gives none. */
  readonly stale: boolean;
}

/** Keys of a file, read when the source is opened. */
export async function fileKeys(source: string, directory: string, path: string): Promise<IssuerKeys> {
  const wrong = (why: string) =>
    new SourceError("source_settings", source, `the keys in \`${path}\` can't be used: ${why}`, KEYS_HELP);
  let text: string;
  try {
    text = await readFile(resolve(directory, path), "utf8");
  } catch (error) {
    throw wrong((error as NodeJS.ErrnoException).code ?? "unreadable");
  }
  try {
    return { find: createLocalJWKSet(keySetOf(text)), stale: false };
  } catch (error) {
    throw wrong(error instanceof KeyFileError ? error.message : "they are no public keys");
  }
}

const KEYS_HELP = "give a JSON Web Key Set with public keys, or public keys or certificates in PEM";

class KeyFileError extends Error {}

function keySetOf(text: string): JSONWebKeySet {
  if (!text.includes("-----BEGIN")) {
    const json = JSON.parse(text) as JSONWebKeySet;
    if (json.keys.some((key) => "d" in key || "k" in key)) throw new KeyFileError("one is a secret");
    return json;
  }
  const blocks = text.match(/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g) ?? [];
  if (blocks.some((block) => block.includes("PRIVATE KEY"))) throw new KeyFileError("one is a secret");
  return { keys: blocks.map((pem) => createPublicKey(pem).export({ format: "jwk" })) } as JSONWebKeySet;
}

/** How often an issuer that fails is asked, at most. */
const FAILURE_PAUSE_MS = 1_000;

/**
 * Keys that the issuer publishes. A token that none of the known keys fits has them fetched again, for the
 * issuer may have new ones; not more often than the cooldown says, for the token may be anybody's.
 */
export class PublishedKeys implements IssuerKeys {
  readonly #source: string;
  readonly #issuer: IssuerSettings;
  readonly #settings: TokenSettings;
  #known: { readonly find: JWTVerifyGetKey; readonly at: number } | undefined;
  #failed: { readonly error: SourceError; readonly at: number } | undefined;
  #pending: Promise<void> | undefined;

  constructor(source: string, issuer: IssuerSettings, settings: TokenSettings) {
    this.#source = source;
    this.#issuer = issuer;
    this.#settings = settings;
  }

  get stale(): boolean {
    return this.#age() > this.#settings.keysMaxAge;
  }

  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.#age() > this.#settings.keysMaxAge) await this.#refresh();
    const { keysMaxAge, staleIfError, cooldown } = this.#settings;
    if (this.#known === undefined || this.#age() > keysMaxAge + staleIfError) throw this.#failure();
    try {
      return await this.#known.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || this.#age() < cooldown) throw error;
      await this.#refresh();
      if (this.#failed !== undefined) throw this.#failure();
      return this.#known.find(header, token);
    }
  };

  /** Fetches the keys, once for all who wait. Whether it went well is in `#failed`. */
  async #refresh(): Promise<void> {
    if (this.#failed !== undefined && performance.now() - this.#failed.at < FAILURE_PAUSE_MS) return;
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = undefined;
    });
    await this.#pending;
  }

  async #fetch(): Promise<void> {
    // For everybody who waits, so that one caller's leaving doesn't cost the others their answer.
    const signal = AbortSignal.timeout(this.#settings.timeout ?? 1_000);
    try {
      const url = this.#issuer.jwks ?? (await this.#discover(signal));
      const set = await fetchJson(this.#source, "the issuer's keys", url, { signal });
      this.#known = { find: this.#keySet(set), at: performance.now() };
      this.#failed = undefined;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#failed = { error, at: performance.now() };
    }
  }

  #keySet(set: JsonValue): JWTVerifyGetKey {
    try {
      return createLocalJWKSet(set as unknown as JSONWebKeySet);
    } catch {
      throw this.#malformed("the issuer's keys are no JSON Web Key Set");
    }
  }

  /** OpenID Connect Discovery 1.0, section 4. */
  async #discover(signal: AbortSignal): Promise<string> {
    const { issuer } = this.#issuer;
    const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const document = await fetchJson(this.#source, "the issuer's discovery document", url, { signal });
    const { issuer: named, jwks_uri: keys } = (document ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
    if (named !== issuer) throw this.#malformed("the discovery document is of another issuer");
    if (typeof keys !== "string" || !URL.canParse(keys) || downgrades(issuer, keys)) {
      throw this.#malformed("the discovery document names no place for the issuer's keys");
    }
    return keys;
  }

  #age(): number {
    return this.#known === undefined ? Number.POSITIVE_INFINITY : performance.now() - this.#known.at;
  }

  #failure(): SourceError {
    return this.#failed?.error ?? this.#malformed("the issuer's keys can't be had");
  }

  #malformed(message: string): SourceError {
    return new SourceError("source_malformed", this.#source, message, "check the issuer's address");
  }
}

function downgrades(issuer: string, url: string): boolean {
  return new URL(issuer).protocol === "https:" && new URL(url).protocol !== "https:";
}
