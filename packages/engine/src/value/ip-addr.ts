import { extensionFailure } from "../failure.js";
import type { Structured } from "./equality.js";

const HELP =
  "valid IP strings are IPv4/IPv6 addresses or CIDR ranges like `127.0.0.1`, `127.0.0.1/24`, or `ffee::/64`";
/** The longest address and prefix that Cedar reads, in bytes. */
const MAX_LENGTH = 43;

/**
 * A Cedar `ipaddr`: an address and the length of its network prefix.
 * Host bits are kept: `10.0.0.1/24` differs from `10.0.0.0/24`.
 */
export class IpAddr implements Structured {
  readonly version: 4 | 6;
  readonly bits: bigint;
  readonly prefix: number;
  /** The bits of an IPv4 address as a number, with which it is quicker to work. */
  readonly #short: number;

  private constructor(version: 4 | 6, bits: bigint, prefix: number) {
    this.version = version;
    this.bits = bits;
    this.prefix = prefix;
    this.#short = version === 4 ? Number(bits) : 0;
  }

  /** @throws Failure where Cedar's `ip` constructor would */
  static parse(text: string): IpAddr {
    if (byteLength(text) > MAX_LENGTH) {
      throw invalid(`error parsing IP address from string \`${text}\`: string length is too large`);
    }
    if (count(text, ":") >= 2 && count(text, ".") >= 2) {
      throw invalid(
        "error parsing IP address from string: We do not accept IPv4 embedded in IPv6 " +
          `(e.g., ::ffff:127.0.0.1). Found: \`${text}\``,
      );
    }
    const slash = text.indexOf("/");
    if (slash < 0) {
      const address = parseAddress(text);
      if (address === undefined) throw invalid(`invalid IP address: ${text}`);
      return new IpAddr(address.version, address.bits, width(address.version));
    }
    const addressText = text.slice(0, slash);
    const address = parseAddress(addressText);
    if (address === undefined) {
      throw invalid(`error parsing IP address from the string \`${addressText}\`: invalid IP address syntax`);
    }
    return new IpAddr(address.version, address.bits, parsePrefix(text.slice(slash + 1), address.version));
  }

  isLoopback(): boolean {
    if (this.version === 4) return this.#short >>> 24 === 127 && this.prefix >= 8;
    return this.bits === 1n && this.prefix === 128;
  }

  isMulticast(): boolean {
    if (this.version === 4) return this.#short >>> 28 === 0xe && this.prefix >= 4;
    return this.bits >> 120n === 0xffn && this.prefix >= 8;
  }

  /** Whether all addresses of this range are in the other range. */
  isInRange(range: IpAddr): boolean {
    if (this.version !== range.version || this.prefix < range.prefix) return false;
    // Shifting by 32 would shift by nothing.
    if (this.version === 4)
      return range.prefix === 0 || (this.#short ^ range.#short) >>> (32 - range.prefix) === 0;
    const hostBits = BigInt(width(range.version) - range.prefix);
    return this.bits >> hostBits === range.bits >> hostBits;
  }

  equals(other: object): boolean {
    return (
      other instanceof IpAddr &&
      this.bits === other.bits &&
      this.prefix === other.prefix &&
      this.version === other.version
    );
  }

  identity(): string {
    return `i${this};`;
  }

  /** The prefix is left out where it covers the whole address. */
  toString(): string {
    const address = this.version === 4 ? formatV4(this.bits) : formatV6(this.bits);
    return this.prefix === width(this.version) ? address : `${address}/${this.prefix}`;
  }
}

interface Address {
  version: 4 | 6;
  bits: bigint;
}

function invalid(message: string) {
  return extensionFailure("ipaddr", message, HELP);
}

function width(version: 4 | 6): number {
  return version === 4 ? 32 : 128;
}

function parsePrefix(text: string, version: 4 | 6): number {
  const maxLength = version === 4 ? 2 : 3;
  if (text === "") {
    throw invalid("error parsing prefix from the string ``: cannot parse integer from empty string");
  }
  if (byteLength(text) > maxLength) {
    throw invalid(`error parsing prefix: string length ${byteLength(text)} is too large`);
  }
  if (/[^0-9]/.test(text)) throw invalid(`error parsing prefix \`${text}\`: encountered non-digit`);
  if (text.length > 1 && text.startsWith("0")) {
    throw invalid(`error parsing prefix \`${text}\`: leading zero(s)`);
  }
  const prefix = Number(text);
  if (prefix > 255) {
    throw invalid(`error parsing prefix from the string \`${text}\`: number too large to fit in target type`);
  }
  if (prefix > width(version)) {
    throw invalid(`error parsing prefix: ${prefix} is larger than the limit ${width(version)}`);
  }
  return prefix;
}

function parseAddress(text: string): Address | undefined {
  return text.includes(":") ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Address | undefined {
  const octets = text.split(".");
  if (octets.length !== 4) return undefined;
  let bits = 0n;
  for (const octet of octets) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(octet) || Number(octet) > 255) return undefined;
    bits = (bits << 8n) | BigInt(octet);
  }
  return { version: 4, bits };
}

function parseV6(text: string): Address | undefined {
  const halves = text.split("::");
  const [head, tail] = halves.map(parseGroups);
  if (head === undefined || halves.length > 2) return undefined;
  if (halves.length === 1) return head.length === 8 ? { version: 6, bits: joinGroups(head) } : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  const zeros = new Array<bigint>(8 - head.length - tail.length).fill(0n);
  return { version: 6, bits: joinGroups([...head, ...zeros, ...tail]) };
}

function parseGroups(text: string): bigint[] | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return undefined;
  return groups.map((group) => BigInt(`0x${group}`));
}

function joinGroups(groups: readonly bigint[]): bigint {
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n);
}

function formatV4(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 0xffn)).join(".");
}

/** RFC 5952: lower case, the longest run of at least two zero groups as `::`. */
function formatV6(bits: bigint): string {
  const groups: string[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(((bits >> shift) & 0xffffn).toString(16));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === "0") length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(":");
  return `${groups.slice(0, best.start).join(":")}::${groups.slice(best.start + best.length).join(":")}`;
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}

/** UTF-8 length, without the platform's encoder. */
function byteLength(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
