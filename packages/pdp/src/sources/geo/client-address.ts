import { BlockList } from "node:net";
import { type Address, parseAddress } from "./address.js";

const WORDS: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.0/8", "::1/128"],
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "169.254.0.0/16", "fe80::/10"],
};

/** More hops than any honest request makes. */
const MAX_HOPS = 64;

/** A range of `trustedProxies` that is none. */
export class ProxyRangeError extends Error {
  override readonly name = "ProxyRangeError";
}

/**
 * The address of whoever sent a request, seen past the proxies that are trusted.
 *
 * Each proxy adds the address it was asked from at the right end of `X-Forwarded-For`; all to the left of that
 * is hearsay. So one goes from the right, and the first address that is no trusted proxy is the client's. What
 * a client writes into the header itself is never reached.
 */
export class ClientAddresses {
  readonly #trusted = new BlockList();

  /** @throws ProxyRangeError */
  constructor(trustedProxies: readonly string[]) {
    for (const range of trustedProxies.flatMap((text) => WORDS[text] ?? [text])) this.#trust(range);
  }

  /**
   * Undefined where it can't be told: the address next to a trusted proxy is no address, or there is no
   * connection that the header could be believed of.
   */
  find(peer: string | undefined, forwardedFor: string | undefined): Address | undefined {
    if (peer === undefined) return undefined;
    let found = parseAddress(peer);
    const hops = forwardedFor === undefined ? [] : forwardedFor.split(",");
    for (let hop = 0; found !== undefined && this.#isTrusted(found) && hops.length > 0; hop++) {
      if (hop === MAX_HOPS) return undefined;
      found = parseAddress(hops.pop() ?? "");
    }
    return found;
  }

  #isTrusted({ text, family }: Address): boolean {
    return this.#trusted.check(text, family);
  }

  #trust(range: string): void {
    const [, base = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(range) ?? [];
    const address = parseAddress(base);
    const width = address?.family === "ipv4" ? 32 : 128;
    const length = prefix === undefined ? width : Number(prefix);
    if (address === undefined || length > width)
      throw new ProxyRangeError(`\`${range}\` is no range of addresses`);
    this.#trusted.addSubnet(address.text, length, address.family);
  }
}
