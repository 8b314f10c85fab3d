import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import {
  type AttributeSchema,
  CedarRecord,
  EntityUid,
  type ResolvedSchema,
  type Value,
} from "@cordon/engine";
import { addressDatabase } from "../../testing-internal/address-database.js";
import { SourceError } from "../source-error.js";
import type { GeoSource } from "./geo-source.js";
import { open } from "./open.js";
import { geoSettings } from "./settings.js";

const directory = mkdtempSync(join(tmpdir(), "cordon-geo-"));
after(() => rmSync(directory, { recursive: true }));

/** In the public domain: countries by address, as registries and routes say. */
const PACKAGE = dirname(
  createRequire(import.meta.url).resolve("@ip-location-db/geo-whois-asn-country-mmdb/package.json"),
);
const REAL = join(PACKAGE, "geo-whois-asn-country.mmdb");

const CITIES = join(directory, "cities.mmdb");
const NETWORKS = join(directory, "networks.mmdb");
writeFileSync(
  CITIES,
  addressDatabase({
    "203.0.113.0/24": {
      country: { iso_code: "DE" },
      subdivisions: [{ iso_code: "BE" }],
      city: { names: { en: "Berlin" } },
    },
    "198.51.100.0/24": { country: { iso_code: "NL" } },
  }),
);
writeFileSync(NETWORKS, addressDatabase({ "203.0.113.0/24": { autonomous_system_number: 64_500 } }));

const text: AttributeSchema = { type: { type: "String" }, required: false };

function schemaWith(attributes: Record<string, AttributeSchema>): ResolvedSchema {
  const context = { type: "Record" as const, attributes };
  const uid = { type: "Action", id: "read" };
  const action = { uid, memberOf: [], principalTypes: [], resourceTypes: [], context };
  return { entityTypes: {}, actions: { 'Action::"read"': action } };
}

function record(attributes: Record<string, AttributeSchema>): AttributeSchema {
  return { type: { type: "Record", attributes }, required: false };
}

function sourceWith(
  given: Record<string, unknown>,
  schema: ResolvedSchema | null = null,
): Promise<GeoSource> {
  const settings = geoSettings.parse({ kind: "geo", databases: [CITIES, NETWORKS], reload: 0, ...given });
  return open(settings, { name: "place", directory, schema, logger: undefined });
}

function told(source: GeoSource, ip: string | undefined, forwardedFor?: string, needed = source.members) {
  const { members } = source.contribute({
    principal: EntityUid.of("User", "ann"),
    action: EntityUid.of("Action", "read"),
    credentials: {
      ...(ip === undefined ? {} : { ip }),
      ...(forwardedFor === undefined ? {} : { forwardedFor }),
    },
    needed,
    now: new Date(),
    caller: "gate",
  });
  return Object.fromEntries([...members].map(([name, value]) => [name, plain(value)]));
}

function plain(value: Value): unknown {
  return value instanceof CedarRecord ? Object.fromEntries(value) : String(value);
}

test("a real database says where real addresses are", async () => {
  const source = await sourceWith({ databases: [REAL], context: { country: "country" } });
  const countries: [string, string | undefined][] = [
    ["81.2.69.142", "GB"],
    ["8.8.8.8", "US"],
    ["::ffff:8.8.8.8", "US"],
    ["2001:4860:4860::8888", "US"],
    ["127.0.0.1", undefined],
    ["192.0.2.1", undefined],
  ];
  for (const [ip, country] of countries) assert.equal(told(source, ip).country, country, ip);
});

test("country, region and network from several databases, and the address itself", async () => {
  const source = await sourceWith({});
  assert.deepEqual([...source.members], ["ip", "geo"]);
  assert.deepEqual(told(source, "203.0.113.9"), {
    ip: "203.0.113.9",
    geo: { country: "DE", region: "BE", asn: 64_500 },
  });
  assert.deepEqual(told(source, "198.51.100.9"), { ip: "198.51.100.9", geo: { country: "NL" } });
});

test("what isn't known is absent", async () => {
  const source = await sourceWith({ context: { country: "country", geo: { region: "region" } } });
  assert.deepEqual(told(source, "192.0.2.1"), { ip: "192.0.2.1" });
  assert.deepEqual(told(source, undefined), {});
  assert.deepEqual(told(source, "garbage"), {});
  assert.deepEqual(told(source, undefined, "203.0.113.9"), {});
  assert.deepEqual(told(source, "203.0.113.9", undefined, new Set(["country"])), { country: "DE" });
});

test("the country is that of the client, never of a proxy", async () => {
  const source = await sourceWith({
    trustedProxies: ["198.51.100.0/24"],
    ip: false,
    context: { country: "country" },
  });
  assert.deepEqual(told(source, "198.51.100.9", "203.0.113.9"), { country: "DE" });
  assert.deepEqual(told(source, "198.51.100.9", "garbage"), {});
});

test("the schema says what has a place, and as what", async () => {
  const schema = schemaWith({
    ip: { type: { type: "Extension", name: "ipaddr" }, required: false },
    geo: record({ country: { ...text, required: true }, asn: text, city: text }),
  });
  const fields = { country: "country", region: "region", asn: "asn", city: "/city/names/en" };
  const source = await sourceWith({ context: { geo: fields, elsewhere: "country" } }, schema);
  assert.deepEqual(told(source, "203.0.113.9"), {
    ip: "203.0.113.9",
    geo: { country: "DE", asn: "64500", city: "Berlin" },
  });
  const demanding = schemaWith({ geo: record({ region: { ...text, required: true } }) });
  const strict = await sourceWith({}, demanding);
  assert.deepEqual(told(strict, "198.51.100.9"), {}, "a record without what it must have is none");
  const numeric = schemaWith({ geo: record({ country: { type: { type: "Long" }, required: false } }) });
  const wrong = await sourceWith({}, numeric);
  assert.throws(
    () => told(wrong, "203.0.113.9"),
    (error) => error instanceof SourceError && error.code === "source_mismatch",
  );
});

test("a replaced file is taken whole; a broken one is not", async () => {
  const path = join(directory, "replaced.mmdb");
  const next = join(directory, "next.mmdb");
  copyFileSync(CITIES, path);
  const source = await sourceWith({ databases: [path], reload: 10, context: { country: "country" } });
  const country = (): unknown => told(source, "203.0.113.9").country;
  const becomes = async (expected: string): Promise<void> => {
    for (let i = 0; i < 200 && country() !== expected; i++) await delay(10);
    assert.equal(country(), expected);
  };
  try {
    assert.equal(country(), "DE");
    for (const broken of [
      Buffer.from("no database"),
      readFileSync(CITIES).subarray(0, 300),
      Buffer.alloc(0),
    ]) {
      writeFileSync(next, broken);
      renameSync(next, path);
      await delay(50);
      assert.equal(country(), "DE");
    }
    rmSync(path);
    await delay(50);
    assert.equal(country(), "DE");
    writeFileSync(next, addressDatabase({ "203.0.113.0/24": { country: { iso_code: "FR" } } }));
    renameSync(next, path);
    await becomes("FR");
  } finally {
    await source.close();
  }
});

test("what can't work is found when the source is opened", async () => {
  writeFileSync(join(directory, "text.mmdb"), "no database");
  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ databases: ["missing.mmdb"] }, /ENOENT/],
    [{ databases: ["text.mmdb"] }, /no database/],
    [{ trustedProxies: ["proxy.example"] }, /no range/],
  ];
  for (const [given, message] of wrong) {
    await assert.rejects(sourceWith(given), (error) => {
      assert.ok(error instanceof SourceError);
      assert.equal(error.code, "source_settings");
      assert.match(error.message, message);
      return true;
    });
  }
  assert.throws(() => geoSettings.parse({ kind: "geo", databases: [CITIES], context: { mood: "mood" } }));
});
