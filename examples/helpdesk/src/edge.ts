import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** What the edge proxy knows of a request; the names are those of the schema's `Circumstances`. */
export interface Circumstances {
  country?: string;
  ip?: string;
  device?: { managed: boolean; encrypted: boolean };
}

const digest = (text: string) => createHash("sha256").update(text).digest();

/**
 * Reads the headers that the edge proxy sets, and only where the request carries the proxy's key: anybody
 * can send `X-Edge-Country`. Without the key nothing is known, and policies treat that as the worst case.
 */
export function circumstances(headers: IncomingHttpHeaders, edgeKey: string): Circumstances {
  if (!timingSafeEqual(digest(String(headers["x-edge-key"])), digest(edgeKey))) return {};
  const device = text(headers["x-edge-device"])?.split(/[\s,]+/);
  const country = text(headers["x-edge-country"]);
  const ip = text(headers["x-edge-ip"]);
  return {
    ...(country ? { country } : {}),
    ...(ip ? { ip } : {}),
    ...(device
      ? { device: { managed: device.includes("managed"), encrypted: device.includes("encrypted") } }
      : {}),
  };
}

const text = (header: string | string[] | undefined) => (typeof header === "string" ? header : undefined);
