import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonValue } from "@cordon/engine/json";
import type { ScimDirectory, ScimKind, Stored } from "../../scim/index.js";
import {
  CONTRACT_SCHEMA,
  type ContractUser,
  type SourceUnderTest,
  sourceContract,
} from "../../testing/source-contract.js";
import { open } from "./open.js";
import { scimSettings } from "./settings.js";

const SETTINGS = scimSettings.parse({
  kind: "scim",
  users: {
    id: "externalId",
    attributes: {
      name: "displayName",
      level: "level",
      email: "/emails/0/value",
      boss: "boss",
      joined: "joined",
    },
  },
  groups: { id: "externalId" },
});

sourceContract("scim", async (): Promise<SourceUnderTest> => {
  const directory = mkdtempSync(join(tmpdir(), "cordon-scim-"));
  const storePath = join(directory, "store.db");
  const source = open(SETTINGS, {
    name: "idp",
    directory,
    schema: CONTRACT_SCHEMA,
    logger: undefined,
    storePath,
  });
  const world = new World(source.provisioning);
  return {
    source,
    putUser: (id, user) => world.putUser(id, user),
    putGroup: (id, parents = []) => world.putGroup(id, parents),
    removeUser: (id) => world.remove("User", id),
    spoilLevel: async (id) => void (await world.put("User", id, { displayName: "x", level: "high" })),
    // No provider names somebody so.
    holds: (id) => id !== "",
    dispose: async () => {
      await source.close();
      rmSync(directory, { recursive: true });
    },
  };
});

class World {
  #count = 0;

  constructor(private readonly directory: ScimDirectory) {}

  async putUser(id: string, { name, level, email, boss, joined, groups = [] }: ContractUser): Promise<void> {
    const emails = email === undefined || email === null ? null : [{ value: email }];
    const body = { displayName: name, level, emails, boss: boss ?? null, joined: joined ?? null };
    await this.#join(await this.put("User", id, body), groups);
  }

  async putGroup(id: string, parents: readonly string[]): Promise<void> {
    const { attributes } = this.#find("Group", id) ?? { attributes: {} };
    await this.#join(await this.put("Group", id, attributes), parents);
  }

  /** Names are unique whatever their case, ids of the contract are not: they stand in `externalId`. */
  put(kind: ScimKind, id: string, given: Readonly<Record<string, JsonValue>>): Promise<Stored> {
    const known = this.#find(kind, id);
    const name = kind === "User" ? "userName" : "displayName";
    const unique = known?.attributes[name] ?? `n${this.#count++}`;
    const body = { ...given, externalId: id, [name]: unique };
    return known === undefined
      ? this.directory.create(kind, body)
      : this.directory.replace(kind, known.id, body);
  }

  async remove(kind: ScimKind, id: string): Promise<void> {
    const known = this.#find(kind, id);
    if (known !== undefined) await this.directory.remove(kind, known.id);
  }

  async #join(row: Stored, groups: readonly string[]): Promise<void> {
    const value = [{ value: row.id }];
    for (const { id } of this.directory.groupsOf(row.id)) {
      await this.directory.patch("Group", id, { Operations: [{ op: "remove", path: "members", value }] });
    }
    for (const id of groups) {
      const group = this.#find("Group", id) ?? (await this.put("Group", id, {}));
      await this.directory.patch("Group", group.id, { Operations: [{ op: "add", path: "members", value }] });
    }
  }

  #find(kind: ScimKind, id: string): Stored | undefined {
    for (const row of this.directory.all(kind)) if (row.attributes.externalId === id) return row;
    return undefined;
  }
}
