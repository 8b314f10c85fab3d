import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";

/** Files of a project, by their paths in it. */
export type ProjectText = Readonly<Record<string, string | Uint8Array>>;

/** A new folder with these files, removed when the test ends. */
export async function tempProject(t: TestContext, files: ProjectText): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "cordon-project-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  await writeFiles(directory, files);
  return directory;
}

export async function writeFiles(directory: string, files: ProjectText): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

/** Writes as careful editors do: to another name, then renamed over the file. */
export async function replaceFile(path: string, content: string): Promise<void> {
  await writeFile(`${path}.tmp`, content);
  await rename(`${path}.tmp`, path);
}

/** Waits until `check` gives something, at most `limitMs`; returns it and how long that took. */
export async function eventually<T>(
  check: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = 3_000,
): Promise<{ value: T; ms: number }> {
  const started = performance.now();
  for (;;) {
    const value = await check();
    const ms = performance.now() - started;
    if (value !== undefined && value !== false) return { value, ms };
    if (ms > limitMs) throw new Error(`nothing after ${limitMs} ms`);
    await new Promise((wake) => setTimeout(wake, 5));
  }
}

export const SCHEMA = `
entity Group in [Group];
entity User in [Group] = {
  age: Long,
  level?: decimal,
  home?: ipaddr,
  joined?: datetime,
  boss?: User,
  names?: Set<String>,
  address?: { city: String, zip?: Long },
};
entity Doc = { owner: User, public: Bool };
entity Vault;
action "read" appliesTo { principal: [User], resource: [Doc], context: { now: datetime, ip?: ipaddr, size?: Long } };
action "pay" appliesTo {
  principal: [User], resource: [Doc],
  context: { now: datetime, action: { amount: Long, note?: String } }
};
action "open" appliesTo { principal: [User], resource: [Vault], context: { code: String, action?: String } };
`;

export const POLICIES = `
@id("owner-reads")
@reason("owners read what is theirs")
@obligation("watermark, audit")
permit (principal, action == Action::"read", resource) when { resource.owner == principal };

@id("public-reads")
permit (principal, action == Action::"read", resource) when { resource.public };

@id("staff-pay")
permit (principal in Group::"staff", action == Action::"pay", resource) when { context.action.amount < 100 };

@id("open")
permit (principal, action == Action::"open", resource) when { context.code == "sesame" };

@id("minors")
@reason("children do not pay")
forbid (principal, action == Action::"pay", resource) when { principal.age < 18 };

@id("night")
forbid (principal, action == Action::"read", resource)
when { context.now.toTime() > duration("22h") };
`;

export const ENTITIES = JSON.stringify(
  [
    { uid: { type: "Group", id: "everyone" }, attrs: {}, parents: [] },
    { uid: { type: "Group", id: "staff" }, attrs: {}, parents: [{ type: "Group", id: "everyone" }] },
    { uid: { type: "User", id: "ann" }, attrs: { age: 40 }, parents: [{ type: "Group", id: "staff" }] },
    { uid: { type: "User", id: "kid" }, attrs: { age: 9 }, parents: [{ type: "Group", id: "staff" }] },
    {
      uid: { type: "Doc", id: "plan" },
      attrs: { owner: { __entity: { type: "User", id: "ann" } }, public: false },
      parents: [],
    },
  ],
  null,
  2,
);

/** A small project with a schema, for tests of the pipeline. */
export const OFFICE: ProjectText = {
  "policies/office.cedar": POLICIES,
  "schema.cedarschema": SCHEMA,
  "entities/office.json": ENTITIES,
};

/** Noon of some day: policies that look at the clock see working hours. */
export const NOON = new Date("2026-03-04T12:00:00.000Z");
