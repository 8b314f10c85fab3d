import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type AttributeSchema,
  CedarRecord,
  Datetime,
  EntityUid,
  type ResolvedSchema,
  type Value,
} from "@cordon/engine";
import { generate } from "selfsigned";
import { fingerprintOf } from "../certificate.js";
import type { ContextSource, EntityAnswer } from "../context-source.js";
import { SourceHost } from "../open-sources.js";
import type { FetchResult, Source } from "../source.js";
import { SourceError } from "../source-error.js";
import { open } from "./open.js";
import { deviceSettings } from "./settings.js";

const NOW = new Date("2026-11-24T12:00:00Z");
const HOUR = 3_600_000;

const flag: AttributeSchema = { type: { type: "Boolean" }, required: false };
const DECLARED = {
  managed: { ...flag, required: true },
  encrypted: { ...flag, required: true },
  osVersion: { type: { type: "String" as const }, required: false },
  lastSeen: { type: { type: "Extension" as const, name: "datetime" as const }, required: false },
};

function schemaWith(attributes: Record<string, AttributeSchema> | null): ResolvedSchema {
  const device: AttributeSchema = { type: { type: "Record", attributes: attributes ?? {} }, required: false };
  const context = { type: "Record" as const, attributes: attributes === null ? {} : { device } };
  const uid = { type: "Action", id: "read" };
  return {
    entityTypes: {
      Device: {
        memberOfTypes: [],
        attributes: { ...DECLARED, certificate: { type: { type: "String" }, required: false } },
      },
    },
    actions: { 'Action::"read"': { uid, memberOf: [], principalTypes: [], resourceTypes: [], context } },
  };
}

type Devices = Record<string, Record<string, Value>>;

interface Asked {
  readonly credentials?: Record<string, string>;
  readonly devices?: Devices;
  readonly settings?: Record<string, unknown>;
  readonly schema?: ResolvedSchema | null;
  readonly needed?: ReadonlySet<string>;
}

const LAPTOP: Devices = {
  laptop: { managed: true, encrypted: true, osVersion: "15.2", lastSeen: new Datetime(NOW.getTime() - HOUR) },
};

async function told({
  credentials = { deviceId: "laptop" },
  devices = LAPTOP,
  settings = {},
  schema = schemaWith(DECLARED),
  needed = new Set(["device"]),
}: Asked) {
  const answerOf = (id: string): EntityAnswer | null => {
    const attrs = devices[id];
    return attrs === undefined
      ? null
      : { attrs: new Map(Object.entries(attrs)), obtainedAt: 0, stale: false };
  };
  const ask = ({ type, id }: { type: string; id: string }) => {
    assert.equal(type, "Device");
    return answerOf(id);
  };
  const read = deviceSettings.parse({ kind: "device", ...settings });
  const source = open(read, { name: "posture", directory: "/", schema, logger: undefined, ask });
  return contributionOf(source, credentials, needed);
}

async function contributionOf(
  source: Pick<ContextSource, "contribute">,
  credentials: object,
  needed: ReadonlySet<string>,
) {
  const { members } = await source.contribute(
    {
      principal: EntityUid.of("User", "ann"),
      action: EntityUid.of("Action", "read"),
      credentials,
      needed,
      now: NOW,
      caller: "gate",
    },
    new AbortController().signal,
  );
  const device = members.get("device");
  return device instanceof CedarRecord ? Object.fromEntries(device) : device;
}

describe("a device", () => {
  test("that is known", async () => {
    assert.deepEqual(await told({}), LAPTOP.laptop);
  });

  test("is none of its business where no policy reads it", async () => {
    assert.equal(await told({ needed: new Set() }), undefined);
  });

  const UNMANAGED = { managed: false, encrypted: false };
  const optional = { managed: flag, encrypted: flag };
  const unknowns: [name: string, asked: Asked, expected: unknown][] = [
    ["that nobody knows is not managed", { credentials: { deviceId: "other" } }, UNMANAGED],
    ["that isn't told is not managed", { credentials: {} }, UNMANAGED],
    [
      "says no more than the schema requires",
      { credentials: {}, schema: schemaWith(optional) },
      { managed: false },
    ],
    ["without a schema", { credentials: {}, schema: null }, { managed: false }],
    [
      "is absent where the schema requires what can't be false",
      {
        credentials: {},
        schema: schemaWith({ ...optional, osVersion: { ...DECLARED.osVersion, required: true } }),
      },
      undefined,
    ],
    [
      "is absent where the schema has no place for it",
      { credentials: {}, schema: schemaWith({}) },
      undefined,
    ],
  ];
  for (const [name, asked, expected] of unknowns) {
    test(name, async () => assert.deepEqual(await told(asked), expected));
  }
});

describe("a device's age", () => {
  const settings = { lastSeen: "lastSeen", maxAge: "24h" };
  const seen = (lastSeen: Value | undefined): Devices => ({
    laptop: { managed: true, encrypted: true, ...(lastSeen === undefined ? {} : { lastSeen }) },
  });
  const at = (ms: number) => new Datetime(NOW.getTime() + ms);
  const CASES: [name: string, lastSeen: Value | undefined, managed: boolean][] = [
    ["an hour ago", at(-HOUR), true],
    ["just within", at(-24 * HOUR), true],
    ["just beyond", at(-24 * HOUR - 1), false],
    ["long ago", at(-1_000 * HOUR), false],
    ["never", undefined, false],
    ["in a moment, by its own clock", at(60_000), true],
    ["in the future", at(HOUR), false],
    ["in seconds since 1970", (NOW.getTime() - HOUR) / 1_000, true],
    ["in seconds since 1970, long ago", (NOW.getTime() - 100 * HOUR) / 1_000, false],
    ["no time", "yesterday", false],
  ];
  for (const [name, lastSeen, managed] of CASES) {
    test(name, async () => {
      const device = (await told({ settings, devices: seen(lastSeen) })) as Record<string, Value>;
      assert.equal(device.managed, managed);
      assert.equal(device.encrypted, true, "the rest stays as it is");
    });
  }

  test("needs the attribute that says it", async () => {
    await assert.rejects(told({ settings: { maxAge: "24h" } }), (error) => error instanceof SourceError);
  });
});

describe("a certificate", async () => {
  const pair = await generate([{ name: "commonName", value: "laptop" }], { keySize: 2048 });
  const stranger = await generate([{ name: "commonName", value: "laptop" }], { keySize: 2048 });
  const fingerprint = fingerprintOf(pair.cert) ?? "";
  const spaced = fingerprint.toUpperCase().replace(/..(?!$)/g, "$&:");

  test("has one fingerprint, however it is written", () => {
    assert.match(fingerprint, /^[\da-f]{64}$/);
    assert.equal(fingerprintOf(spaced), fingerprint);
    for (const text of ["", "garbage", fingerprint.slice(1), `${fingerprint}00`]) {
      assert.equal(fingerprintOf(text), undefined, text);
    }
  });

  test("can be the id of a device", async () => {
    const devices = { [fingerprint]: { managed: true, encrypted: true } };
    const settings = { by: "clientCertificate" };
    for (const clientCertificate of [pair.cert, spaced]) {
      assert.deepEqual(
        await told({ credentials: { clientCertificate }, devices, settings }),
        devices[fingerprint],
      );
    }
    for (const credentials of [
      { clientCertificate: stranger.cert },
      { deviceId: fingerprint },
      { clientCertificate: "x" },
    ]) {
      assert.equal(
        ((await told({ credentials, devices, settings })) as Record<string, Value>).managed,
        false,
      );
    }
  });

  test("can be demanded of whoever names a device", async () => {
    const devices = { laptop: { managed: true, encrypted: true, certificate: spaced } };
    const settings = { certificate: "certificate" };
    const managed = async (credentials: Record<string, string>) =>
      ((await told({ credentials, devices, settings })) as Record<string, Value>).managed;
    assert.equal(await managed({ deviceId: "laptop", clientCertificate: pair.cert }), true);
    assert.equal(await managed({ deviceId: "laptop" }), false);
    assert.equal(await managed({ deviceId: "laptop", clientCertificate: stranger.cert }), false);
  });
});

test("what another source of the project says is what counts", async () => {
  let isManaged = true;
  const asked: string[][] = [];
  const inventory: Source = {
    name: "inventory",
    kind: "custom",
    provides: new Map([
      ["Device", { attributes: new Set(["managed", "encrypted"]), tags: false, parents: new Set() }],
    ]),
    fetch: async ({ ids }): Promise<FetchResult> => {
      asked.push([...ids]);
      if (ids.includes("broken")) throw new SourceError("source_refused", "inventory", "no", "");
      const attrs = new Map<string, Value>([
        ["managed", isManaged],
        ["encrypted", true],
      ]);
      return new Map(ids.filter((id) => id === "laptop").map((id) => [id, { attrs, parents: [] }]));
    },
    close: async () => {},
  };
  const host = new SourceHost({ directory: "/", logger: undefined, inCode: [inventory] });
  host.commit(
    await host.prepare({ posture: deviceSettings.parse({ kind: "device" }) }, schemaWith(DECLARED)),
  );
  try {
    const posture = host.set?.members.get("device");
    assert.ok(posture);
    const ask = (deviceId: string) => contributionOf(posture, { deviceId }, new Set(["device"]));
    assert.deepEqual(await ask("laptop"), { managed: true, encrypted: true });
    isManaged = false;
    assert.deepEqual(await ask("laptop"), { managed: false, encrypted: true });
    assert.deepEqual(await ask("other"), { managed: false, encrypted: false });
    asked.length = 0;
    await Promise.all(["laptop", "a", "b", "laptop"].map(ask));
    assert.deepEqual(asked, [["laptop", "a", "b"]], "asked together, and each once");
    await assert.rejects(
      ask("broken"),
      (error) => error instanceof SourceError && error.code === "source_refused",
    );
  } finally {
    await host.close();
  }
});

test("without a source that provides devices the answer is an error, never a guess", async () => {
  const host = new SourceHost({ directory: "/", logger: undefined, inCode: [] });
  host.commit(await host.prepare({ posture: deviceSettings.parse({ kind: "device" }) }, null));
  const posture = host.set?.members.get("device");
  assert.ok(posture);
  await assert.rejects(
    contributionOf(posture, { deviceId: "laptop" }, new Set(["device"])),
    (error) => error instanceof SourceError && error.code === "source_settings",
  );
  await host.close();
});
