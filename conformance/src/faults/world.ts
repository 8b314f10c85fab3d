/** The project that is asked while its databases fail, and what is in them at first. */

export const USERS = 200;
export const DOCS = 200;
export const TEAMS = 50;

/** How old what the settings below let be used may be, in milliseconds. */
export const DOC_AGE_MS = 1_000;
export const STALE_DOC_AGE_MS = 4_000;

export const SCHEMA = `
entity Group;
entity Team = { frozen: Bool };
entity User in [Group] = { level: Long, active: Bool, team: Team };
entity Doc = { owner: User, minLevel: Long, locked: Bool };
action read, write appliesTo { principal: [User], resource: [Doc] };
`;

export const POLICIES = `
@id("level") permit (principal, action == Action::"read", resource) when { principal.level >= resource.minLevel };
@id("owner") permit (principal, action, resource) when { resource.owner == principal };
@id("editors") permit (principal in Group::"editors", action == Action::"write", resource);
@id("active") forbid (principal, action, resource) unless { principal.active };
@id("locked") forbid (principal, action == Action::"write", resource) when { resource.locked };
@id("frozen") forbid (principal, action == Action::"write", resource) when { principal.team.frozen };
`;

/**
 * Three ways to be fresh: people as they are when they are asked about, documents of at most a second ago or, while
 * the database fails, of four, and teams that are kept until their change is told. JSON is YAML.
 */
export function settings(url: string): string {
  const common = { kind: "sql", url };
  return JSON.stringify({
    version: 1,
    policies: ".",
    log: { mode: "buffered" },
    sources: {
      people: {
        ...common,
        maxAge: 0,
        types: {
          User: {
            table: "users",
            id: "id",
            attributes: { level: "level", active: "active", team: "team" },
            parents: [{ type: "Group", table: "members", child: "user_id", parent: "group_id" }],
          },
        },
      },
      documents: {
        ...common,
        maxAge: `${DOC_AGE_MS}ms`,
        staleIfError: `${STALE_DOC_AGE_MS}ms`,
        types: {
          Doc: {
            table: "docs",
            id: "id",
            attributes: { owner: "owner", minLevel: "min_level", locked: "locked" },
          },
        },
      },
      teams: {
        ...common,
        maxAge: "10m",
        push: true,
        types: { Team: { table: "teams", id: "id", attributes: { frozen: "frozen" } } },
      },
    },
  });
}

export const TABLES = `
  CREATE TABLE users (id text PRIMARY KEY, level int NOT NULL, active boolean NOT NULL, team text NOT NULL);
  CREATE TABLE members (user_id text, group_id text, PRIMARY KEY (user_id, group_id));
  CREATE TABLE docs (id text PRIMARY KEY, owner text NOT NULL, min_level int NOT NULL, locked boolean NOT NULL);
  CREATE TABLE teams (id text PRIMARY KEY, frozen boolean NOT NULL);
  INSERT INTO users SELECT 'u' || n, n % 5, n % 10 <> 9, 't' || n % ${TEAMS} FROM generate_series(0, ${USERS - 1}) n;
  INSERT INTO members SELECT 'u' || n, 'editors' FROM generate_series(0, ${USERS - 1}, 2) n;
  INSERT INTO docs SELECT 'd' || n, 'u' || n % ${USERS}, n % 7, n % 4 = 3 FROM generate_series(0, ${DOCS - 1}) n;
  INSERT INTO teams SELECT 't' || n, n % 6 = 5 FROM generate_series(0, ${TEAMS - 1}) n;
`;

/** Everything of the data that can change and that a decision depends on. */
export interface Facts {
  readonly level: number;
  readonly active: boolean;
  readonly editor: boolean;
  readonly frozen: boolean;
  readonly owner: string;
  readonly minLevel: number;
  readonly locked: boolean;
}

export type FactName = keyof Facts;

export function teamOf(user: number): number {
  return user % TEAMS;
}

/** What `TABLES` puts there: of users, of teams (`frozen`), and of documents. */
export function firstValue(fact: FactName, n: number): Facts[FactName] {
  switch (fact) {
    case "level":
      return n % 5;
    case "active":
      return n % 10 !== 9;
    case "editor":
      return n % 2 === 0;
    case "frozen":
      return n % 6 === 5;
    case "owner":
      return `u${n % USERS}`;
    case "minLevel":
      return n % 7;
    case "locked":
      return n % 4 === 3;
  }
}

/** The policies above, said once more without Cedar. */
export function isAllowed(user: string, action: "read" | "write", facts: Facts): boolean {
  if (!facts.active) return false;
  if (action === "write" && (facts.locked || facts.frozen)) return false;
  if (facts.owner === user) return true;
  return action === "read" ? facts.level >= facts.minLevel : facts.editor;
}

/** The statement that makes a fact so, whatever it was before. */
export function statementOf(fact: FactName, n: number, value: Facts[FactName]): string {
  const text = typeof value === "string" ? `'${value}'` : String(value);
  switch (fact) {
    case "level":
    case "active":
      return `UPDATE users SET ${fact} = ${text} WHERE id = 'u${n}'`;
    case "editor":
      return value === true
        ? `INSERT INTO members VALUES ('u${n}', 'editors') ON CONFLICT DO NOTHING`
        : `DELETE FROM members WHERE user_id = 'u${n}' AND group_id = 'editors'`;
    case "frozen":
      return `UPDATE teams SET frozen = ${text} WHERE id = 't${n}'`;
    case "owner":
    case "locked":
      return `UPDATE docs SET ${fact} = ${text} WHERE id = 'd${n}'`;
    case "minLevel":
      return `UPDATE docs SET min_level = ${text} WHERE id = 'd${n}'`;
  }
}
