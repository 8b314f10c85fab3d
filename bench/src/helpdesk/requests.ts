import { CedarSet, type Entity, type EntityUid } from "@cordon/engine";
import type { HelpdeskProject } from "./project.js";
import { pick, seeded } from "./random.js";

/** A request as plain data, in the form that Cedar's own interfaces take: extension values are spelled out. */
export interface PlainRequest {
  readonly principal: PlainUid;
  readonly action: PlainUid;
  readonly resource: PlainUid;
  readonly context: { readonly [member: string]: PlainValue };
}

export interface PlainUid {
  readonly type: string;
  readonly id: string;
}

export type PlainValue = string | number | boolean | { readonly [member: string]: PlainValue };

/** How often each action is asked, roughly as a help desk would: mostly reading, little money. */
const ACTIONS: readonly (readonly [name: string, resource: string, share: number])[] = [
  ["ticket:read", "Ticket", 40],
  ["ticket:comment", "Ticket", 15],
  ["ticket:close", "Ticket", 6],
  ["ticket:reopen", "Ticket", 3],
  ["ticket:assign", "Ticket", 6],
  ["customer:read", "Customer", 12],
  ["customer:update", "Customer", 4],
  ["customer:export", "Customer", 3],
  ["customer:erase", "Customer", 1],
  ["invoice:read", "Invoice", 6],
  ["invoice:refund", "Invoice", 3],
  ["invoice:void", "Invoice", 1],
];

/** Wednesday, 25 November 2026; the figures don't depend on the day they are taken. */
const DAY = Date.UTC(2026, 10, 25);

/** The same `count` requests for the same seed. Most come from somebody who has to do with the thing, as in real life. */
export function helpdeskRequests(project: HelpdeskProject, count: number, seed = 2026): PlainRequest[] {
  const random = seeded(seed);
  const byType = groupByType(project);
  const users = byType.get("User") ?? [];
  const people = [...users, ...(byType.get("Contact") ?? [])];
  const weighted = ACTIONS.flatMap(([name, resource, share]) =>
    Array<[string, string]>(share).fill([name, resource]),
  );
  return Array.from({ length: count }, () => {
    const [name, type] = pick(random, weighted);
    const resource = pick(random, byType.get(type) ?? []);
    const askers = name === "ticket:read" || name === "ticket:comment" ? people : users;
    const principal = random() < 0.8 ? concerned(random, askers, resource) : pick(random, askers);
    return {
      principal: plain(principal.uid),
      action: { type: "Action", id: name },
      resource: plain(resource.uid),
      context: circumstances(random, name),
    };
  });
}

/** Somebody whom the thing names, who belongs to the same customer or covers its region, if a few tries find one. */
function concerned(random: () => number, people: readonly Entity[], thing: Entity): Entity {
  const named = [thing.attrs.get("assignee"), thing.attrs.get("accountManager")].map(String);
  const above = new Set(Array.from(thing.ancestors(), String));
  const isConcerned = (person: Entity) =>
    named.includes(person.uid.toString()) ||
    Array.from(person.ancestors(), String).some((uid) => above.has(uid)) ||
    coveredRegions(person).some((region) => above.has(region));
  const own = people.filter((person) => named.includes(person.uid.toString()));
  if (own.length > 0 && random() < 0.5) return pick(random, own);
  let candidate = pick(random, people);
  for (let tries = 0; tries < 40 && !isConcerned(candidate); tries++) candidate = pick(random, people);
  return candidate;
}

function coveredRegions(person: Entity): string[] {
  const regions = person.attrs.get("regions");
  return regions instanceof CedarSet ? Array.from(regions, String) : [];
}

function circumstances(random: () => number, action: string): PlainRequest["context"] {
  const now = new Date(DAY + Math.floor(random() * 86_400_000)).toISOString();
  return {
    now: { __extn: { fn: "datetime", arg: now } },
    ...(random() < 0.9 ? { country: pick(random, ["DE", "FR", "US", "JP", "GB", "SG"]) } : {}),
    ...(random() < 0.8 ? { ip: { __extn: { fn: "ip", arg: `10.20.${Math.floor(random() * 256)}.7` } } } : {}),
    ...(random() < 0.9 ? { device: { managed: random() < 0.8, encrypted: random() < 0.9 } } : {}),
    ...(random() < 0.7 ? { mfa: random() < 0.9 } : {}),
    ...(action === "invoice:refund" ? { action: { amount: 100 * Math.ceil(random() * 500) } } : {}),
  };
}

function groupByType(project: HelpdeskProject): Map<string, Entity[]> {
  const groups = new Map<string, Entity[]>();
  for (const entity of project.store) {
    const group = groups.get(entity.uid.type);
    if (group === undefined) groups.set(entity.uid.type, [entity]);
    else group.push(entity);
  }
  return groups;
}

function plain(uid: EntityUid): PlainUid {
  return { type: uid.type, id: uid.id };
}
