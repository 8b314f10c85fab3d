import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DecisionRequest } from "@cordon/engine";
import { openProject, type ProjectDecider } from "@cordon/pdp";
import { seeded } from "../helpdesk/random.js";
import { command } from "../process/paths.js";

const USERS = 2_000;
const DOCS = 5_000;
const TEAMS = 50;

export const SCHEMA = `
entity Group;
entity Team = { frozen: Bool };
entity User in [Group] = { level: Long, active: Bool, team: Team };
entity Doc = { owner: User, minLevel: Long, locked: Bool };
action read, write appliesTo { principal: [User], resource: [Doc] };
`;

export const POLICIES = {
  level: `permit (principal, action == Action::"read", resource) when { principal.level >= resource.minLevel };`,
  owner: "permit (principal, action, resource) when { resource.owner == principal };",
  editors: `permit (principal in Group::"editors", action == Action::"write", resource);`,
  active: "forbid (principal, action, resource) unless { principal.active };",
  locked: `forbid (principal, action == Action::"write", resource) when { resource.locked };`,
  frozen: `forbid (principal, action == Action::"write", resource) when { principal.team.frozen };`,
};

/** As who has thought about it lays it out: with the keys that the questions need. */
export const TABLES = `
  CREATE TABLE users (id text PRIMARY KEY, level int NOT NULL, active boolean NOT NULL, team text NOT NULL);
  CREATE TABLE members (user_id text, group_id text, PRIMARY KEY (user_id, group_id));
  CREATE TABLE docs (id text PRIMARY KEY, owner text NOT NULL, min_level int NOT NULL, locked boolean NOT NULL);
  CREATE TABLE teams (id text PRIMARY KEY, frozen boolean NOT NULL);
  INSERT INTO users SELECT 'u' || n, n % 5, n % 10 <> 9, 't' || n % ${TEAMS} FROM generate_series(0, ${USERS - 1}) n;
  INSERT INTO members SELECT 'u' || n, 'editors' FROM generate_series(0, ${USERS - 1}, 2) n;
  INSERT INTO docs SELECT 'd' || n, 'u' || n % ${USERS}, n % 7, n % 4 = 3 FROM generate_series(0, ${DOCS - 1}) n;
  INSERT INTO teams SELECT 't' || n, n % 6 = 5 FROM generate_series(0, ${TEAMS - 1}) n;
  ANALYZE;
`;

const USER = {
  table: "users",
  id: "id",
  attributes: { level: "level", active: "active", team: "team" },
  parents: [{ type: "Group", table: "members", child: "user_id", parent: "group_id" }],
};
const DOC = {
  table: "docs",
  id: "id",
  attributes: { owner: "owner", minLevel: "min_level", locked: "locked" },
};
const TEAM = { table: "teams", id: "id", attributes: { frozen: "frozen" } };

export interface Setting {
  readonly sources: 0 | 1 | 3;
  /** Whether answers are kept until a change is told. */
  readonly isKept: boolean;
}

function sourcesOf(url: string, { sources, isKept }: Setting): object {
  const common = { kind: "sql", url, ...(isKept ? { maxAge: "1h", push: true } : {}) };
  if (sources === 0) return {};
  if (sources === 1) return { database: { ...common, types: { User: USER, Doc: DOC, Team: TEAM } } };
  return {
    people: { ...common, types: { User: USER } },
    documents: { ...common, types: { Doc: DOC } },
    teams: { ...common, types: { Team: TEAM } },
  };
}

/** Opens a project whose entities come from so many sources, or from a file where from none. */
export async function withProject<T>(
  url: string,
  setting: Setting,
  use: (decider: ProjectDecider) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "cordon-bench-"));
  try {
    mkdirSync(join(folder, "policies"));
    mkdirSync(join(folder, "entities"));
    const policies = Object.entries(POLICIES).map(([id, text]) => `@id("${id}") ${text}`);
    writeFileSync(join(folder, "schema.cedarschema"), SCHEMA);
    writeFileSync(join(folder, "policies/a.cedar"), policies.join("\n"));
    if (setting.sources === 0) writeFileSync(join(folder, "entities/a.json"), JSON.stringify(allEntities()));
    const sources = sourcesOf(url, setting);
    writeFileSync(join(folder, "cordon.yaml"), JSON.stringify({ version: 1, log: { mode: "off" }, sources }));
    if (setting.isKept) {
      for (const name of Object.keys(sources)) {
        execFileSync(process.execPath, [command, "sources", "install", name, "--apply", "--project", folder]);
      }
    }
    const decider = await openProject(folder, { watch: false });
    return await use(decider).finally(() => decider.close());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const entity = (type: string, id: string) => ({ type, id });

/** What the tables say, as entities. */
function allEntities(): object[] {
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
  return [
    { uid: entity("Group", "editors"), attrs: {}, parents: [] },
    ...numbers(TEAMS).map((n) => ({
      uid: entity("Team", `t${n}`),
      attrs: { frozen: n % 6 === 5 },
      parents: [],
    })),
    ...numbers(USERS).map((n) => ({
      uid: entity("User", `u${n}`),
      attrs: { level: n % 5, active: n % 10 !== 9, team: { __entity: entity("Team", `t${n % TEAMS}`) } },
      parents: n % 2 === 0 ? [entity("Group", "editors")] : [],
    })),
    ...numbers(DOCS).map((n) => ({
      uid: entity("Doc", `d${n}`),
      attrs: {
        owner: { __entity: entity("User", `u${n % USERS}`) },
        minLevel: n % 7,
        locked: n % 4 === 3,
      },
      parents: [],
    })),
  ];
}

export interface Question {
  readonly user: string;
  readonly action: "read" | "write";
  readonly doc: string;
}

export function questions(count: number): Question[] {
  const random = seeded(7);
  const pick = (below: number) => Math.floor(random() * below);
  return Array.from({ length: count }, () => ({
    user: `u${pick(USERS)}`,
    action: random() < 0.5 ? "read" : "write",
    doc: `d${pick(DOCS)}`,
  }));
}

export function requestOf({ user, action, doc }: Question): DecisionRequest {
  return { principal: `User::"${user}"`, action, resource: `Doc::"${doc}"` };
}
