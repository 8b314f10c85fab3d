import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { generate } from "selfsigned";
import { CONTRACT_SCHEMA, type SourceUnderTest, sourceContract } from "../../testing/index.js";
import { open } from "./open.js";
import { httpSettings } from "./settings.js";
import { PeopleService } from "./testing-internal/people-service.js";

const server = await generate([{ name: "commonName", value: "localhost" }]);
const client = await generate([{ name: "commonName", value: "cordon" }]);
const directory = mkdtempSync(join(tmpdir(), "cordon-http-source-"));
for (const [name, text] of Object.entries({ ca: server.cert, cert: client.cert, key: client.private })) {
  writeFileSync(join(directory, `${name}.pem`), text);
}
after(() => rmSync(directory, { recursive: true }));

const USER = {
  attributes: {
    name: "/profile/name",
    level: { at: "/level", maxAge: "10s" },
    email: "/profile/email",
    boss: "/boss",
    joined: "/joined",
  },
  parents: [{ type: "Group", at: "/groups" }],
};
const GROUP = { parents: [{ type: "Group", at: "/parents", id: "/name" }] };

const plain = new PeopleService();
const secure = new PeopleService({
  cert: server.cert,
  key: server.private,
  ca: client.cert,
  requestCert: true,
  rejectUnauthorized: true,
});
await plain.start();
await secure.start();
after(() => plain.stop());
after(() => secure.stop());

sourceContract("http, one by one", async () =>
  world(plain, {
    types: {
      User: { ...USER, id: "/id", url: `${plain.url}/users/{id}` },
      Group: { ...GROUP, url: `${plain.url}/groups/{id}` },
    },
  }),
);

sourceContract("http, in batches, with certificates on both sides", async () =>
  world(secure, {
    tls: { ca: "ca.pem", cert: "cert.pem", key: "key.pem" },
    types: {
      User: { ...USER, entities: "/found", batch: { url: `${secure.url}/users` } },
      Group: { ...GROUP, entities: "/found", batch: { url: `${secure.url}/groups` } },
    },
  }),
);

async function world(service: PeopleService, settings: object): Promise<SourceUnderTest> {
  const read = httpSettings.parse({ kind: "http", ...settings });
  const environment = { name: "hr", directory, schema: CONTRACT_SCHEMA, logger: undefined };
  const source = open(read, environment);
  service.users.clear();
  service.groups.clear();
  return {
    source,
    putUser: async (id, { name, level, email = null, boss = null, joined = null, groups = [] }) => {
      service.users.set(id, { id, level, profile: { name, email }, boss, joined, groups: [...groups] });
    },
    putGroup: async (id, parents = []) => {
      service.groups.set(id, { id, parents: parents.map((name) => ({ name })) });
    },
    removeUser: async (id) => {
      service.users.delete(id);
    },
    spoilLevel: async (id) => {
      service.users.set(id, { ...service.users.get(id), level: "many" });
    },
    freeze: async () => {
      const thaw = service.freeze();
      return async () => thaw();
    },
    kill: async () => {
      await service.stop();
      return () => service.start();
    },
    // As a segment of a path they would mean another path.
    holds: (id) => id !== "." && id !== "..",
    dispose: () => source.close(),
  };
}
