import type { ContextRequest, ContextSource, Contribution, SourceEnvironment } from "../context-source.js";
import { ValueMismatch } from "../json-value.js";
import { SourceError } from "../source-error.js";
import type { SourceOptions } from "../source-options.js";
import { MAX_TOKEN_LENGTH } from "./jwt-verifier.js";
import { TokenRefused } from "./refusal.js";
import type { TokenSettings } from "./settings.js";
import { checkBinding, checkSession } from "./token-bonds.js";
import type { TokenMapping } from "./token-mapping.js";
import { checkWindow } from "./token-window.js";
import type { VerifiedCache } from "./verified-cache.js";
import type { TokenVerifier, VerifiedToken } from "./verified-token.js";

export interface TokenSourceParts {
  readonly name: string;
  readonly settings: TokenSettings;
  readonly mapping: TokenMapping;
  readonly verifier: TokenVerifier;
  readonly cache: VerifiedCache;
  readonly options: SourceOptions;
  readonly ask: NonNullable<SourceEnvironment["ask"]>;
}

const NOTHING: Contribution = { members: new Map() };

/**
 * Who asks, as the issuer of a token vouches for it. A request whose principal is somebody else than the token
 * is about is denied, so that identity never depends on the caller's word.
 */
export class TokenSource implements ContextSource {
  readonly kind = "token";
  readonly name: string;
  readonly members: ReadonlySet<string>;
  readonly vouchesFor: ContextSource["vouchesFor"];
  readonly options: SourceOptions;
  readonly #parts: TokenSourceParts;

  constructor(parts: TokenSourceParts) {
    this.name = parts.name;
    this.options = parts.options;
    this.members = parts.mapping.members;
    this.vouchesFor = parts.mapping.vouchesFor;
    this.#parts = parts;
  }

  contribute(request: ContextRequest, signal: AbortSignal): Contribution | Promise<Contribution> {
    const { token } = request.credentials;
    if (token === undefined) return this.#withoutToken(request);
    try {
      if (token.length > MAX_TOKEN_LENGTH) throw new TokenRefused("the token is too long to be one");
      const known = this.#parts.cache.get(token, request.now, request.maxAgeMs);
      if (known === undefined) return this.#verified(token, request, signal);
      const told = this.#told(known, request, signal);
      return told instanceof Promise ? told.catch((error: unknown) => this.#failed(error)) : told;
    } catch (error) {
      return this.#failed(error);
    }
  }

  async close(): Promise<void> {}

  async #verified(token: string, request: ContextRequest, signal: AbortSignal): Promise<Contribution> {
    const { verifier, cache } = this.#parts;
    try {
      const verified = await unlessAborted(verifier.verify(token, request.now, signal), signal);
      checkWindow(verified, request.now);
      const contribution = await this.#told(verified, request, signal);
      cache.set(token, verified);
      return contribution;
    } catch (error) {
      return this.#failed(error);
    }
  }

  #withoutToken({ principal, caller }: ContextRequest): Contribution {
    const { required, trustedCallers } = this.#parts.settings;
    if (!required || !this.vouchesFor.has(principal.type) || trustedCallers.includes(caller)) return NOTHING;
    return refusal("no token says who asks");
  }

  #told(
    token: VerifiedToken,
    request: ContextRequest,
    signal: AbortSignal,
  ): Contribution | Promise<Contribution> {
    const { settings, ask } = this.#parts;
    if (settings.boundTokens === "check") checkBinding(token, request.credentials);
    if (settings.session === undefined) return this.#contribution(token, request);
    const options = { maxAgeMs: request.maxAgeMs, signal };
    const checked = checkSession(settings.session, token, ask, options);
    if (checked instanceof Promise) return checked.then(() => this.#contribution(token, request));
    return this.#contribution(token, request);
  }

  #contribution(token: VerifiedToken, { principal, action, needed }: ContextRequest): Contribution {
    const { mapping } = this.#parts;
    const named = mapping.principal(token);
    if (!named.uid.equals(principal))
      return refusal(`the token is about \`${named.uid}\`, not \`${principal}\``);
    const entity = mapping.entity(named, token);
    return {
      members: mapping.context(token, action, needed),
      ...(entity === null ? {} : { entities: [{ uid: named.uid, entity }] }),
      obtainedAt: token.obtainedAt,
      ...(token.stale ? { stale: true } : {}),
    };
  }

  #failed(error: unknown): Contribution {
    if (error instanceof TokenRefused) return refusal(error.message);
    if (error instanceof ValueMismatch) {
      const help = "change the schema, or the claims that the settings of the source name";
      throw new SourceError("source_mismatch", this.name, `the token's ${error.message}`, help);
    }
    throw error;
  }
}

function refusal(message: string): Contribution {
  return { members: new Map(), refusal: { code: "identity_unverified", message } };
}

/** Keys are fetched for all who wait for them; one who leaves must not have to wait on. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    if (signal.aborted) leave();
  });
}
