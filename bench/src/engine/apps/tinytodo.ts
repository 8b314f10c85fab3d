import type { EntityJson, EntityUidJson } from "@cordon/engine";
import { pick } from "../../helpdesk/random.js";
import { type Application, type AppRequest, action, entity, reference } from "./application.js";
import { density, edges, membersOf, nested, numbered } from "./graph.js";

/** Lists of tasks with an owner, shared for reading or editing with people and with teams in teams. */
export interface Lists {
  readonly users: readonly EntityUidJson[];
  readonly teams: readonly EntityUidJson[];
  readonly lists: readonly EntityUidJson[];
  readonly teamsOf: readonly (readonly EntityUidJson[])[];
  readonly teamsAbove: readonly (readonly EntityUidJson[])[];
  readonly ownerOf: readonly EntityUidJson[];
  readonly shares: readonly ListShare[];
}

export interface ListShare {
  readonly with: EntityUidJson;
  readonly as: "reader" | "editor";
  readonly list: EntityUidJson;
}

const APPLICATION: EntityUidJson = { type: "Application", id: "tiny-todo" };
/** Members of this team may not share lists nor create any. */
export const VISITORS = "team-0";

const ACTIONS = `
action listLists, createList appliesTo { principal: User, resource: Application };
action read, update, createTask, updateTask, share, delete appliesTo { principal: User, resource: List };
`;

const ALWAYS = `
@id("anyone-has-lists")
permit (principal, action in [Action::"listLists", Action::"createList"], resource == Application::"tiny-todo");

@id("owners")
permit (principal, action, resource is List)
when { resource.owner == principal };

@id("visitors-keep-things-as-they-are")
forbid (principal in Team::"${VISITORS}", action in [Action::"createList", Action::"share"], resource);
`;

export const tinytodo: Application = {
  name: "tinytodo",
  templates: false,
  schema: `
entity Application;
entity Team in [Team];
entity User in [Team];
entity List = { owner: User, readers: Team, editors: Team };
${ACTIONS}`,
  policies: `${ALWAYS}
@id("readers-and-editors-read")
permit (principal, action == Action::"read", resource is List)
when { principal in resource.readers || principal in resource.editors };

@id("editors-edit")
permit (principal, action in [Action::"update", Action::"createTask", Action::"updateTask"], resource is List)
when { principal in resource.editors };
`,
  world(random, size, requests) {
    const lists = drawLists(random, size);
    return { entities: withSharing(lists), links: [], requests: ask(random, lists, requests) };
  },
};

export const tinytodoTemplates: Application = {
  name: "tinytodo",
  templates: true,
  schema: `
entity Application;
entity Team in [Team];
entity User in [Team];
entity List = { owner: User };
${ACTIONS}`,
  policies: `${ALWAYS}
@id("reader")
permit (principal in ?principal, action == Action::"read", resource == ?resource);

@id("editor")
permit (
  principal in ?principal,
  action in [Action::"read", Action::"update", Action::"createTask", Action::"updateTask"],
  resource == ?resource
);
`,
  world(random, size, requests) {
    const lists = drawLists(random, size);
    const links = lists.shares.map((share, index) => ({
      templateId: share.as,
      newId: `share-${index}`,
      values: { "?principal": share.with, "?resource": share.list },
    }));
    const entities = entitiesOf(
      lists,
      () => [],
      () => ({}),
    );
    return { entities, links, requests: ask(random, lists, requests) };
  },
};

export function drawLists(random: () => number, size: number): Lists {
  const chance = density(size);
  const users = numbered("User", size);
  const teams = numbered("Team", size);
  const lists = numbered("List", size);
  const holders = [...users, ...teams];
  return {
    ...{ users, teams, lists },
    teamsOf: edges(random, size, teams, chance),
    teamsAbove: nested(random, teams, chance),
    ownerOf: lists.map(() => pick(random, users)),
    shares: edges(random, holders.length, lists, chance).flatMap((shared, index) =>
      shared.map((list) => ({
        with: holders[index] as EntityUidJson,
        as: random() < 0.5 ? ("reader" as const) : ("editor" as const),
        list,
      })),
    ),
  };
}

/** Each list has a team of readers and one of editors, in which everybody is with whom it is shared. */
function withSharing(lists: Lists): EntityJson[] {
  const team = (list: EntityUidJson, as: string) => ({ type: "Team", id: `${as}s of ${list.id}` });
  const held = new Map<string, EntityUidJson[]>();
  for (const share of lists.shares) {
    held.set(share.with.id, [...(held.get(share.with.id) ?? []), team(share.list, share.as)]);
  }
  const attributes = (list: EntityUidJson) => ({
    readers: reference(team(list, "reader")),
    editors: reference(team(list, "editor")),
  });
  const teams = lists.lists.flatMap((list) => [entity(team(list, "reader")), entity(team(list, "editor"))]);
  return [...entitiesOf(lists, ({ id }) => held.get(id) ?? [], attributes), ...teams];
}

function entitiesOf(
  { users, teams, lists, teamsOf, teamsAbove, ownerOf }: Lists,
  sharing: (holder: EntityUidJson) => readonly EntityUidJson[],
  more: (list: EntityUidJson) => EntityJson["attrs"],
): EntityJson[] {
  return [
    entity(APPLICATION),
    ...users.map((user, index) => entity(user, [...(teamsOf[index] ?? []), ...sharing(user)])),
    ...teams.map((team, index) => entity(team, [...(teamsAbove[index] ?? []), ...sharing(team)])),
    ...lists.map((list, index) =>
      entity(list, [], { owner: reference(ownerOf[index] as EntityUidJson), ...more(list) }),
    ),
  ];
}

const ASKED = ["read", "read", "read", "update", "createTask", "updateTask", "share", "delete"];

/** Half of the requests come from the owner of the list or somebody with whom it is shared. */
function ask(random: () => number, lists: Lists, count: number): AppRequest[] {
  const members = membersOf(lists.users, lists.teamsOf);
  const shares = lists.shares.flatMap(({ with: holder, list }) => {
    const people = holder.type === "User" ? [holder] : (members.get(holder.id) ?? []);
    return people.length === 0 ? [] : [{ people, list }];
  });
  const owned = lists.lists.map((list, index) => ({ people: [lists.ownerOf[index] as EntityUidJson], list }));
  const concerned = [...shares, ...owned];
  return Array.from({ length: count }, () => {
    if (random() < 0.05) {
      const name = pick(random, ["listLists", "createList"]);
      return { principal: pick(random, lists.users), action: action(name), resource: APPLICATION };
    }
    const near =
      random() < 0.5 ? pick(random, concerned) : { people: lists.users, list: pick(random, lists.lists) };
    return { principal: pick(random, near.people), action: action(pick(random, ASKED)), resource: near.list };
  });
}
