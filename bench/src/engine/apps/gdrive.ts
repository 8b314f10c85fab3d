import type { EntityUidJson } from "@cordon/engine";
import { pick } from "../../helpdesk/random.js";
import {
  type Application,
  type AppRequest,
  type AppWorld,
  action,
  entity,
  reference,
} from "./application.js";
import { density, edges, membersOf, nested, numbered } from "./graph.js";

/** Documents in folders in folders; owners, viewers one by one or by group, and documents that anyone may read. */
interface Drive {
  readonly users: readonly EntityUidJson[];
  readonly groups: readonly EntityUidJson[];
  readonly folders: readonly EntityUidJson[];
  readonly documents: readonly EntityUidJson[];
  readonly groupsOf: readonly (readonly EntityUidJson[])[];
  readonly placeOf: ReadonlyMap<string, readonly EntityUidJson[]>;
  readonly owned: readonly (readonly EntityUidJson[])[];
  readonly shares: readonly Share[];
  readonly open: ReadonlySet<string>;
}

interface Share {
  readonly with: EntityUidJson;
  readonly thing: EntityUidJson;
}

const ACTIONS = `
action read, write, share, transfer appliesTo { principal: User, resource: Document };
action create appliesTo { principal: User, resource: Drive };
`;

const ALWAYS = `
@id("anyone-creates")
permit (principal, action == Action::"create", resource == Drive::"drive");

@id("owners-of-the-document")
permit (principal, action in [Action::"read", Action::"write", Action::"share", Action::"transfer"], resource)
when { principal.documents.contains(resource) };

@id("owners-of-a-folder-above")
permit (principal, action in [Action::"read", Action::"write", Action::"share"], resource is Document)
when { resource in principal.folders };

@id("open-to-all")
permit (principal, action == Action::"read", resource is Document)
when { resource.open };
`;

export const gdrive: Application = {
  name: "gdrive",
  templates: false,
  schema: `
entity Drive, Group;
entity Audience in [Audience];
entity User in [Group] = { documents: Set<Document>, folders: Set<Folder>, sees: Audience };
entity Folder in [Folder, Audience];
entity Document in [Folder, Audience] = { open: Bool };
${ACTIONS}`,
  policies: `${ALWAYS}
@id("viewers")
permit (principal, action == Action::"read", resource is Document)
when { resource in principal.sees };
`,
  world(random, size, requests) {
    const drive = drawDrive(random, size);
    return { entities: withAudiences(drive), links: [], requests: ask(random, drive, requests) };
  },
};

export const gdriveTemplates: Application = {
  name: "gdrive",
  templates: true,
  schema: `
entity Drive, Group;
entity User in [Group] = { documents: Set<Document>, folders: Set<Folder> };
entity Folder in [Folder];
entity Document in [Folder] = { open: Bool };
${ACTIONS}`,
  policies: `${ALWAYS}
@id("viewer")
permit (principal in ?principal, action == Action::"read", resource in ?resource);
`,
  world(random, size, requests) {
    const drive = drawDrive(random, size);
    const links = drive.shares.map((share, index) => ({
      templateId: "viewer",
      newId: `share-${index}`,
      values: { "?principal": share.with, "?resource": share.thing },
    }));
    return { entities: plainEntities(drive), links, requests: ask(random, drive, requests) };
  },
};

function drawDrive(random: () => number, size: number): Drive {
  const chance = density(size);
  const users = numbered("User", size);
  const groups = numbered("Group", size);
  const folders = numbered("Folder", size);
  const documents = numbered("Document", size);
  const things = [...folders, ...documents];
  const places = [...nested(random, folders, chance), ...edges(random, size, folders, chance)];
  const viewers = [...users, ...groups];
  return {
    ...{ users, groups, folders, documents },
    groupsOf: edges(random, size, groups, chance),
    placeOf: new Map(things.map(({ id }, index) => [id, places[index] ?? []])),
    owned: edges(random, size, things, chance),
    shares: edges(random, viewers.length, things, chance).flatMap((seen, index) =>
      seen.map((thing) => ({ with: viewers[index] as EntityUidJson, thing })),
    ),
    open: new Set(documents.filter(() => random() < 0.1).map(({ id }) => id)),
  };
}

function plainEntities(drive: Drive): AppWorld["entities"] {
  return entitiesOf(drive, () => ({}), new Map());
}

/** What is shared with somebody lies in an audience of theirs; a group's audience lies in those of its members. */
function withAudiences(drive: Drive): AppWorld["entities"] {
  const audience = ({ id }: EntityUidJson) => ({ type: "Audience", id });
  const members = membersOf(drive.users, drive.groupsOf);
  const seen = membersOf(
    drive.shares.map((share) => audience(share.with)),
    drive.shares.map(({ thing }) => [thing]),
  );
  return [
    ...entitiesOf(drive, (user) => ({ sees: reference(audience(user)) }), seen),
    ...drive.users.map((user) => entity(audience(user))),
    ...drive.groups.map((group) => entity(audience(group), (members.get(group.id) ?? []).map(audience))),
  ];
}

function entitiesOf(
  drive: Drive,
  more: (user: EntityUidJson) => object,
  above: ReadonlyMap<string, readonly EntityUidJson[]>,
): AppWorld["entities"] {
  const parents = (thing: EntityUidJson) => [
    ...(drive.placeOf.get(thing.id) ?? []),
    ...(above.get(thing.id) ?? []),
  ];
  return [
    entity({ type: "Drive", id: "drive" }),
    ...drive.groups.map((group) => entity(group)),
    ...drive.users.map((user, index) =>
      entity(user, drive.groupsOf[index] ?? [], {
        documents: ownedOf(drive, index, "Document"),
        folders: ownedOf(drive, index, "Folder"),
        ...more(user),
      }),
    ),
    ...drive.folders.map((folder) => entity(folder, parents(folder))),
    ...drive.documents.map((document) =>
      entity(document, parents(document), { open: drive.open.has(document.id) }),
    ),
  ];
}

function ownedOf(drive: Drive, user: number, type: string) {
  return (drive.owned[user] ?? []).filter((thing) => thing.type === type).map(reference);
}

/** Half of the requests are about something that the user has to do with. */
function ask(random: () => number, drive: Drive, count: number): AppRequest[] {
  const members = membersOf(drive.users, drive.groupsOf);
  const contents = membersOf(
    drive.documents,
    drive.documents.map(({ id }) => drive.placeOf.get(id) ?? []),
  );
  const concerned = [
    ...drive.shares,
    ...drive.users.flatMap((user, index) =>
      (drive.owned[index] ?? []).map((thing) => ({ with: user, thing })),
    ),
  ].flatMap((share) => {
    const people = share.with.type === "User" ? [share.with] : (members.get(share.with.id) ?? []);
    const documents = share.thing.type === "Document" ? [share.thing] : (contents.get(share.thing.id) ?? []);
    return people.length > 0 && documents.length > 0 ? [{ people, documents }] : [];
  });
  return Array.from({ length: count }, () => {
    if (random() < 0.03) return { principal: pick(random, drive.users), ...creating };
    const near =
      random() < 0.5 && concerned.length > 0
        ? pick(random, concerned)
        : { people: drive.users, documents: drive.documents };
    return {
      principal: pick(random, near.people),
      action: action(pick(random, ["read", "read", "read", "write", "share", "transfer"])),
      resource: pick(random, near.documents),
    };
  });
}

const creating = { action: action("create"), resource: { type: "Drive", id: "drive" } };
