import {
  type Authorizer,
  CedarRecord,
  type EntityData,
  EntityStore,
  EntityUid,
  type PolicyJson,
  type PolicySetJson,
  type Request,
} from "@cordon/engine";
import { pick, seeded } from "../../helpdesk/random.js";

const ACTIONS = 20;
/** Users and documents that requests are about; the same number whatever the number of policies. */
const ENTITIES = 1_000;
export const REQUESTS = 4_000;

export interface Workload {
  readonly policies: PolicySetJson;
  readonly store: EntityStore;
  readonly requests: readonly Request[];
}

/** `resource.owner == principal || principal.level >= 5` */
const CONDITION: PolicyJson["conditions"] = [
  {
    kind: "when",
    body: {
      "||": {
        left: { "==": { left: dot("resource", "owner"), right: { Var: "principal" } } },
        right: { ">=": { left: dot("principal", "level"), right: { Value: 5 } } },
      },
    },
  },
];

function dot(variable: "principal" | "resource", attr: string) {
  return { ".": { left: { Var: variable }, attr } } as const;
}

export const uid = (type: string, id: string | number) => EntityUid.of(type, String(id));
export const action = (index: number) => uid("Action", `action-${index % ACTIONS}`);

/** A policy about one team, one folder and one action. */
export function policyAbout(index: number, isPinnedToFolder: boolean): PolicyJson {
  return {
    effect: index % 10 === 9 ? "forbid" : "permit",
    principal: { op: "in", entity: { type: "Team", id: `team-${index}` } },
    action: isPinnedToFolder ? { op: "==", entity: json(action(index)) } : { op: "All" },
    resource: isPinnedToFolder
      ? { op: "in", entity: { type: "Folder", id: `folder-${index}` } }
      : { op: "All" },
    conditions: CONDITION,
  };
}

function json({ type, id }: EntityUid) {
  return { type, id };
}

export function policySet(count: number, isPinnedToFolder: boolean): PolicySetJson {
  const policies = Array.from({ length: count }, (_, index) => [
    `policy-${index}`,
    policyAbout(index, isPinnedToFolder),
  ]);
  return { staticPolicies: Object.fromEntries(policies), templates: {}, templateLinks: [] };
}

/** Policies each of another team, action and folder: about one of them can match a request. */
export function scopeDistinct(count: number): Workload {
  const random = seeded(count);
  const policyOf = Array.from({ length: ENTITIES }, () => Math.floor(random() * count));
  const entities: EntityData[] = policyOf.flatMap((policy, index) => [
    user(index, [`team-${policy}`, `team-${Math.floor(random() * count)}`]),
    document(index, [`folder-${policy}`]),
  ]);
  const requests = Array.from({ length: REQUESTS }, () => {
    const index = Math.floor(random() * ENTITIES);
    const other = random() < 0.5 ? index : Math.floor(random() * ENTITIES);
    return request(index, action(policyOf[index] ?? 0), other);
  });
  return { policies: policySet(count, true), store: EntityStore.from(entities), requests };
}

/** Policies each of another team and on any document; everybody is in `candidates` teams. */
export function withCandidates(count: number, candidates: number): Workload {
  const random = seeded(count);
  const entities = Array.from({ length: ENTITIES }, (_, index) => {
    const teams = Array.from({ length: candidates }, () => `team-${Math.floor(random() * count)}`);
    return [user(index, teams), document(index, ["folder-0"])];
  });
  const indices = Array.from({ length: ENTITIES }, (_, index) => index);
  const requests = Array.from({ length: REQUESTS }, () =>
    request(pick(random, indices), action(pick(random, indices)), pick(random, indices)),
  );
  return { policies: policySet(count, false), store: EntityStore.from(entities.flat()), requests };
}

function user(index: number, teams: readonly string[]): EntityData {
  const attrs = CedarRecord.of([["level", index % 10]]);
  return { uid: uid("User", index), attrs, parents: teams.map((team) => uid("Team", team)) };
}

function document(index: number, folders: readonly string[]): EntityData {
  const attrs = CedarRecord.of([["owner", uid("User", index)]]);
  return { uid: uid("Document", index), attrs, parents: folders.map((folder) => uid("Folder", folder)) };
}

/** New uids each time, as a decoder makes them. */
function request(user: number, action: EntityUid, document: number): Request {
  return {
    principal: uid("User", user),
    action,
    resource: uid("Document", document),
    context: CedarRecord.EMPTY,
  };
}

/** @throws Error where an answer differs from that of going through all policies */
export function checkAnswers(
  authorizer: Authorizer,
  reference: Authorizer,
  { requests, store }: Workload,
): void {
  for (const each of requests.slice(0, 100)) {
    const answer = JSON.stringify(authorizer.isAuthorized(each, store));
    if (answer !== JSON.stringify(reference.isAuthorized(each, store)))
      throw new Error(`the index changes the answer to ${each.principal} ${each.action} ${each.resource}`);
  }
}
