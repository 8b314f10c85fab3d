import type { EntityJson, EntityUidJson } from "@cordon/engine";
import { pick } from "../../helpdesk/random.js";
import { type Application, type AppRequest, action, entity, reference } from "./application.js";
import { density, edges, membersOf, nested, numbered } from "./graph.js";

/** Repositories of organizations, whose roles are held by people and by teams in teams; issues with a reporter. */
interface Hub {
  readonly users: readonly EntityUidJson[];
  readonly teams: readonly EntityUidJson[];
  readonly organizations: readonly EntityUidJson[];
  readonly repositories: readonly EntityUidJson[];
  readonly issues: readonly EntityUidJson[];
  readonly teamsOf: readonly (readonly EntityUidJson[])[];
  readonly teamsAbove: readonly (readonly EntityUidJson[])[];
  readonly organizationOf: readonly EntityUidJson[];
  readonly ownersOf: readonly EntityUidJson[];
  readonly repositoryOf: readonly EntityUidJson[];
  readonly reporterOf: readonly EntityUidJson[];
  readonly grants: readonly Grant[];
}

interface Grant {
  readonly to: EntityUidJson;
  readonly role: Role;
  readonly repository: EntityUidJson;
}

/** Each may do all that those before it may. */
const ROLES = ["reader", "triager", "writer", "maintainer", "admin"] as const;
type Role = (typeof ROLES)[number];

const ACTIONS = `
action reading, triaging, writing, maintaining, administering;
action pull, fork in [reading] appliesTo { principal: User, resource: Repository };
action assign in [triaging] appliesTo { principal: User, resource: Issue };
action push in [writing] appliesTo { principal: User, resource: Repository };
action edit in [writing] appliesTo { principal: User, resource: Issue };
action configure in [maintaining] appliesTo { principal: User, resource: Repository };
action addMember in [administering] appliesTo { principal: User, resource: Repository };
action delete in [maintaining] appliesTo { principal: User, resource: Issue };
`;

const DOES: Readonly<Record<Role, string>> = {
  reader: "reading",
  triager: "triaging",
  writer: "writing",
  maintainer: "maintaining",
  admin: "administering",
};

const ALWAYS = `
@id("owners-of-the-organization")
permit (principal, action, resource is Repository)
when { principal in resource.organization.owners };
`;

export const github: Application = {
  name: "github",
  templates: false,
  schema: `
entity Role in [Role];
entity Team in [Team, Role];
entity User in [Team, Role];
entity Organization = { owners: Team };
entity Repository = { organization: Organization, reader: Role, triager: Role, writer: Role, maintainer: Role, admin: Role };
entity Issue in [Repository] = { repository: Repository, reporter: User };
${ACTIONS}`,
  policies: `${ALWAYS}${ROLES.map(
    (role) => `
@id("${role}s-of-a-repository")
permit (principal, action in Action::"${DOES[role]}", resource is Repository)
when { principal in resource.${role} };

@id("${role}s-and-issues")
permit (principal, action in Action::"${DOES[role]}", resource is Issue)
when { principal in resource.repository.${role} };
`,
  ).join("")}
@id("reporters-delete-their-issues")
permit (principal, action == Action::"delete", resource is Issue)
when { principal == resource.reporter && principal in resource.repository.reader };
`,
  world(random, size, requests) {
    const hub = drawHub(random, size);
    return { entities: withRoles(hub), links: [], requests: ask(random, hub, requests) };
  },
};

export const githubTemplates: Application = {
  name: "github",
  templates: true,
  schema: `
entity Team in [Team];
entity User in [Team];
entity Organization = { owners: Team };
entity Repository = { organization: Organization };
entity Issue in [Repository] = { repository: Repository, reporter: User };
${ACTIONS}`,
  policies: `${ALWAYS}${ROLES.map(
    (role, index) => `
@id("${role}")
permit (principal in ?principal, action in [${doneBy(index)}], resource in ?resource);

@id("${role}-as-reporter")
permit (principal in ?principal, action == Action::"delete", resource is Issue in ?resource)
when { principal == resource.reporter };
`,
  ).join("")}`,
  world(random, size, requests) {
    const hub = drawHub(random, size);
    const links = hub.grants.flatMap(({ to, role, repository }, index) =>
      [role, `${role}-as-reporter`].map((templateId) => ({
        templateId,
        newId: `${templateId}-${index}`,
        values: { "?principal": to, "?resource": repository },
      })),
    );
    const entities = entitiesOf(
      hub,
      () => [],
      () => ({}),
    );
    return { entities, links, requests: ask(random, hub, requests) };
  },
};

function doneBy(rank: number): string {
  return ROLES.slice(0, rank + 1)
    .map((role) => `Action::"${DOES[role]}"`)
    .join(", ");
}

function drawHub(random: () => number, size: number): Hub {
  const chance = density(size);
  const users = numbered("User", size);
  const teams = numbered("Team", size);
  const organizations = numbered("Organization", size);
  const repositories = numbered("Repository", size);
  const holders = [...users, ...teams];
  const each = <T>(from: readonly T[]) => Array.from({ length: size }, () => pick(random, from));
  return {
    ...{ users, teams, organizations, repositories, issues: numbered("Issue", size) },
    teamsOf: edges(random, size, teams, chance),
    teamsAbove: nested(random, teams, chance),
    organizationOf: each(organizations),
    ownersOf: each(teams),
    repositoryOf: each(repositories),
    reporterOf: each(users),
    grants: edges(random, holders.length, repositories, chance).flatMap((held, index) =>
      held.map((repository) => ({
        to: holders[index] as EntityUidJson,
        role: pick(random, ROLES),
        repository,
      })),
    ),
  };
}

function roleOf(repository: EntityUidJson, role: Role): EntityUidJson {
  return { type: "Role", id: `${role} of ${repository.id}` };
}

/** Who has a role is in it; whoever is in a role is in the lesser ones. */
function withRoles(hub: Hub): EntityJson[] {
  const held = new Map<string, EntityUidJson[]>();
  for (const { to, role, repository } of hub.grants) {
    held.set(to.id, [...(held.get(to.id) ?? []), roleOf(repository, role)]);
  }
  const roles = hub.repositories.flatMap((repository) =>
    ROLES.map((role, rank) => {
      const lesser = ROLES[rank - 1];
      return entity(roleOf(repository, role), lesser === undefined ? [] : [roleOf(repository, lesser)]);
    }),
  );
  const attributes = (repository: EntityUidJson) =>
    Object.fromEntries(ROLES.map((role) => [role, reference(roleOf(repository, role))]));
  return [...entitiesOf(hub, ({ id }) => held.get(id) ?? [], attributes), ...roles];
}

function entitiesOf(
  hub: Hub,
  rolesOf: (holder: EntityUidJson) => readonly EntityUidJson[],
  more: (repository: EntityUidJson) => EntityJson["attrs"],
): EntityJson[] {
  const at = <T>(list: readonly T[], index: number) => list[index] as T;
  return [
    ...hub.users.map((user, index) => entity(user, [...at(hub.teamsOf, index), ...rolesOf(user)])),
    ...hub.teams.map((team, index) => entity(team, [...at(hub.teamsAbove, index), ...rolesOf(team)])),
    ...hub.organizations.map((organization, index) =>
      entity(organization, [], { owners: reference(at(hub.ownersOf, index)) }),
    ),
    ...hub.repositories.map((repository, index) =>
      entity(repository, [], {
        organization: reference(at(hub.organizationOf, index)),
        ...more(repository),
      }),
    ),
    ...hub.issues.map((issue, index) => {
      const repository = at(hub.repositoryOf, index);
      return entity(issue, [repository], {
        repository: reference(repository),
        reporter: reference(at(hub.reporterOf, index)),
      });
    }),
  ];
}

const ASKED = ["pull", "pull", "pull", "fork", "push", "push", "configure", "addMember"];
const ASKED_OF_ISSUES = ["assign", "edit", "delete"];

/** Half of the requests come from somebody with a role in the repository. */
function ask(random: () => number, hub: Hub, count: number): AppRequest[] {
  const members = membersOf(hub.users, hub.teamsOf);
  const issues = membersOf(
    hub.issues,
    hub.repositoryOf.map((repository) => [repository]),
  );
  const concerned = hub.grants.flatMap(({ to, repository }) => {
    const people = to.type === "User" ? [to] : (members.get(to.id) ?? []);
    return people.length === 0 ? [] : [{ people, repository }];
  });
  return Array.from({ length: count }, () => {
    const near =
      random() < 0.5 && concerned.length > 0
        ? pick(random, concerned)
        : { people: hub.users, repository: pick(random, hub.repositories) };
    const principal = pick(random, near.people);
    const of = issues.get(near.repository.id) ?? [];
    return random() < 0.3 && of.length > 0
      ? { principal, action: action(pick(random, ASKED_OF_ISSUES)), resource: pick(random, of) }
      : { principal, action: action(pick(random, ASKED)), resource: near.repository };
  });
}
