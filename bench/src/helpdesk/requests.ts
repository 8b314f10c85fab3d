import type { Entity, EntityUid } from "@cordon/engine";
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

/** The same `count` requests for the same seed. Half of them ask for something that is near to who asks. */
export function helpdeskRequests(project: HelpdeskProject, count: number, seed = 2026): PlainRequest[] {
  const random = seeded(seed);
  const byType = groupByType(project);
  const users = byType.get("User") ?? [];
  const contacts = byType.get("Contact") ?? [];
  const weighted = ACTIONS.flatMap(([name, resource, share]) =>
    Array<[string, string]>(share).fill([name, resource]),
  );
  return Array.from({ length: count }, () => {
    const [name, type] = pick(random, weighted);
    const outside = name === "ticket:read" || name === "ticket:comment" ? random() < 0.2 : false;
    const principal = pick(random, outside && contacts.length > 0 ? contacts : users);
    const things = byType.get(type) ?? [];
    const resource = random() < 0.5 ? nearby(random, principal, things) : pick(random, things);
    return {
      principal: plain(principal.uid),
      action: { type: "Action", id: name },
      resource: plain(resource.uid),
      context: circumstances(random, name),
    };
  });
}

/** A thing that names the person or shares a parent with them, if a few tries find one. */
function nearby(random: () => number, principal: Entity, things: readonly Entity[]): Entity {
  const around = new Set([principal.uid.toString(), ...Array.from(principal.ancestors(), String)]);
  let candidate = pick(random, things);
  for (let tries = 0; tries < 200; tries++) {
    const assignee = candidate.attrs.get("assignee");
    const own = assignee !== undefined && String(assignee) === principal.uid.toString();
    if (own || Array.from(candidate.ancestors(), String).some((uid) => around.has(uid))) return candidate;
    candidate = pick(random, things);
  }
  return candidate;
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
