import type { KeyScope, KeyStore } from "../store/index.js";
import type { Caller } from "./exchange.js";
import { hostName, isLoopback } from "./host.js";
import { Problem } from "./problem.js";
import type { Access } from "./route.js";

const ANONYMOUS: Caller = { name: "anonymous@loopback", scopes: null };
const BEARER = /^Bearer +([\x21-\x7e]+)$/i;

const SCOPE_WORDS: Record<KeyScope, string> = {
  evaluate: "evaluate",
  read_log: "read log",
  administer: "administer",
  provision: "provision",
};

/**
 * Decides who may call. Without any key a server reachable from this machine alone is open; the moment a key
 * exists, made by whatever process, it is needed, and stays needed even if all are revoked: an administrator
 * who revokes the last key means to shut callers out, not to let everybody in.
 */
export class Gatekeeper {
  #keysNeeded: boolean;
  /** Spares the check to the many requests that name the same host. */
  #lastGoodHost: string | undefined = "127.0.0.1";

  constructor(
    private readonly keys: KeyStore | null,
    private readonly options: {
      loopback: boolean;
      /** Host names, beside those of the loopback, under which a server without keys may be addressed. */
      allowedHosts: ReadonlySet<string>;
    },
  ) {
    this.#keysNeeded = !options.loopback;
  }

  /**
   * The caller, or undefined where it presents no valid key though keys are needed.
   *
   * @throws Problem `misdirected_request` where a web page made a browser send the request under a foreign
   * name that resolves to this machine (DNS rebinding); a server that asks for keys need not care
   */
  async identify(authorization: string | undefined, host: string | undefined): Promise<Caller | undefined> {
    const key = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
    if (key !== undefined) {
      const holder = await this.keys?.verify(key);
      if (holder !== undefined) {
        this.#keysNeeded = true;
        return { name: holder.name, scopes: holder.scopes };
      }
    }
    if (await this.#areKeysNeeded()) return undefined;
    this.#checkHost(host);
    return ANONYMOUS;
  }

  async #areKeysNeeded(): Promise<boolean> {
    if (!this.#keysNeeded && this.keys !== null && (await this.keys.count()) > 0) this.#keysNeeded = true;
    return this.#keysNeeded;
  }

  #checkHost(header: string | undefined): void {
    if (header === this.#lastGoodHost) return;
    const host = hostName(header);
    if (host !== undefined && (isLoopback(host) || this.options.allowedHosts.has(host.toLowerCase()))) {
      this.#lastGoodHost = header;
      return;
    }
    throw new Problem(
      "misdirected_request",
      `without API keys this server answers only under a name of the loopback`,
      {
        header: "host",
        help: "address it as `127.0.0.1` or `localhost`, or make an API key with `cordon keys create`",
      },
    );
  }
}

/** @throws Problem `unauthenticated` or `missing_scope` where the caller may not use a route */
export function authorize(caller: Caller | undefined, access: Access, presented: boolean): void {
  if (access === "public" || access === "partial") return;
  if (caller === undefined) throw unauthenticated(presented);
  const { scopes } = caller;
  if (scopes === null || access.some((scope) => scopes.includes(scope))) return;
  const needed = access.map((scope) => `\`${SCOPE_WORDS[scope]}\``).join(" or ");
  throw new Problem(
    "missing_scope",
    `the key \`${caller.name}\` lacks the scope ${needed}`,
    { header: "authorization", help: `use a key with the scope ${needed}` },
    { "www-authenticate": `Bearer realm="cordon", error="insufficient_scope", scope="${access.join(" ")}"` },
  );
}

function unauthenticated(presented: boolean): Problem {
  const detail = presented ? "the API key is unknown or revoked" : "there is no API key";
  return new Problem(
    "unauthenticated",
    detail,
    {
      header: "authorization",
      help: "send `authorization: Bearer KEY` with a key made by `cordon keys create`",
    },
    {
      "www-authenticate": presented
        ? 'Bearer realm="cordon", error="invalid_token"'
        : 'Bearer realm="cordon"',
    },
  );
}
