import { z } from "zod";
import { duration } from "../durations.js";
import { parsePointer } from "../json-pointer.js";

/** Where databases of the usual makers have what is asked for most; the first that is there counts. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  country: ["/country/iso_code", "/country_code", "/country"],
  region: ["/subdivisions/0/iso_code", "/region_code", "/region"],
  city: ["/city/names/en", "/city"],
  continent: ["/continent/code", "/continent_code", "/continent"],
  asn: ["/autonomous_system_number", "/asn"],
};

const name = z.string().min(1, "must not be empty");

/** Once read: the paths to look at, in turn. */
const field = name
  .refine(
    (text) => text.startsWith("/") || Object.hasOwn(FIELDS, text),
    `must be one of ${Object.keys(FIELDS).join(", ")}, or a JSON pointer into the database's records`,
  )
  .transform((text) => (FIELDS[text] ?? [text]).map(parsePointer));

const DEFAULT_CONTEXT = { geo: { country: "country", region: "region", asn: "asn" } };

/** A source of kind `geo`: where a request comes from. */
export const geoSettings = z.strictObject({
  kind: z.literal("geo").describe("tells where an address is"),
  databases: z
    .array(name)
    .min(1)
    .describe("files in MaxMind's format (`.mmdb`); of several that know it the first counts"),
  reload: duration
    .prefault("5s")
    .describe("how often is looked whether a file was replaced; 5s without it, and 0 never looks"),
  trustedProxies: z
    .array(name)
    .default([])
    .describe(
      "proxies whose word in `X-Forwarded-For` counts: addresses, ranges, `loopback` or `private`; none without it",
    ),
  ip: z
    .union([name, z.literal(false)])
    .default("ip")
    .describe("the member of the context that is the address; `ip` without it, `false` for none"),
  context: z
    .record(name, z.union([field, z.record(name, field)]))
    .prefault(DEFAULT_CONTEXT)
    .describe(
      "members of the context, each a field or a record of fields: `country`, `region`, `city`, `continent`, `asn`, or a JSON pointer; `geo: { country: country, region: region, asn: asn }` without it",
    ),
});

export type GeoSettings = z.output<typeof geoSettings>;

/** Paths into a database's record, the first of which that leads somewhere counts. */
export type Field = readonly (readonly string[])[];
