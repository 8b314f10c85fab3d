import { isIP } from "node:net";

/** An address as everything else wants it: no port, no brackets, no IPv4 in the clothes of IPv6. */
export interface Address {
  readonly text: string;
  readonly family: "ipv4" | "ipv6";
}

const WITH_PORT = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/;
const MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/** Undefined for what is no address; `unknown` and obfuscated names (RFC 7239, section 6) are none. */
export function parseAddress(text: string): Address | undefined {
  const trimmed = text.trim();
  const [, bracketed, dotted] = WITH_PORT.exec(trimmed) ?? [];
  const plain = bracketed ?? dotted ?? trimmed;
  switch (isIP(plain)) {
    case 4:
      return { text: plain, family: "ipv4" };
    case 6:
      return plain.includes("%") ? undefined : canonical(plain);
    default:
      return undefined;
  }
}

function canonical(text: string): Address {
  const short = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [, high, low] = MAPPED.exec(short) ?? [];
  if (high === undefined || low === undefined) return { text: short, family: "ipv6" };
  const bits = (Number.parseInt(high, 16) << 16) | Number.parseInt(low, 16);
  const bytes = [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255);
  return { text: bytes.join("."), family: "ipv4" };
}
