import { loadHelpdesk } from "../helpdesk/project.js";
import { pick, seeded } from "../helpdesk/random.js";
import { helpdeskRequests, type PlainValue } from "../helpdesk/requests.js";

/** One request as a server gets it, and how its answer says allow. */
export interface Workload {
  readonly path: string;
  readonly bodies: readonly string[];
  isAllow(answer: unknown): boolean;
}

const ACTIONS = [
  "ticket:read",
  "ticket:read",
  "ticket:read",
  "ticket:comment",
  "ticket:close",
  "ticket:assign",
];
const REGIONS = ["eu", "us", "apac", "japan"];
const BODIES = 256;

interface Sample {
  readonly user: { readonly id: string; readonly attributes: Record<string, unknown> };
  readonly action: string;
  readonly ticket: { readonly id: string; readonly attributes: Record<string, unknown> };
}

/** AuthZEN 1.0, the same bytes for every server; Cerbos takes the roles that it needs from one of the properties. */
export function authzenTickets(): Workload {
  const bodies = samples().map(({ user, action, ticket }) => ({
    subject: { type: "User", id: user.id, properties: { ...user.attributes, "cerbos.roles": ["staff"] } },
    action: { name: action },
    resource: { type: "Ticket", id: ticket.id, properties: ticket.attributes },
  }));
  return {
    path: "/access/v1/evaluation",
    bodies: bodies.map((body) => JSON.stringify(body)),
    isAllow: saysTrue,
  };
}

/** The same questions for Cerbos's own interface. */
export function cerbosTickets(): Workload {
  const bodies = samples().map(({ user, action, ticket }) => ({
    principal: { id: user.id, roles: ["staff"], attr: user.attributes },
    resources: [{ actions: [action], resource: { kind: "Ticket", id: ticket.id, attr: ticket.attributes } }],
  }));
  const isAllow = (answer: unknown) => /"EFFECT_ALLOW"/.test(JSON.stringify(answer));
  return { path: "/api/check/resources", bodies: bodies.map((body) => JSON.stringify(body)), isAllow };
}

/** The whole example project: requests name things, the server knows their attributes, parents and groups. */
export function authzenHelpdesk(): Workload {
  const bodies = helpdeskRequests(loadHelpdesk(), BODIES).map(({ principal, action, resource, context }) => {
    const { now: _, action: properties, ...rest } = context;
    return {
      subject: principal,
      action: { name: action.id, ...(properties === undefined ? {} : { properties }) },
      resource,
      context: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, asSent(value)])),
    };
  });
  return {
    path: "/access/v1/evaluation",
    bodies: bodies.map((body) => JSON.stringify(body)),
    isAllow: saysTrue,
  };
}

function saysTrue(answer: unknown): boolean {
  return typeof answer === "object" && answer !== null && "decision" in answer && answer.decision === true;
}

/** An address travels as text; the server converts it by its schema. */
function asSent(value: PlainValue): unknown {
  if (typeof value !== "object") return value;
  const call = value.__extn;
  return typeof call === "object" ? call.arg : value;
}

function samples(): Sample[] {
  const random = seeded(1);
  return Array.from({ length: BODIES }, () => {
    const login = `user${Math.floor(random() * 100)}`;
    const own = random() < 0.4;
    return {
      user: {
        id: login,
        attributes: {
          login,
          active: random() < 0.95,
          lead: random() < 0.2,
          department: pick(random, ["support", "support", "support", "finance"]),
          clearance: 1 + Math.floor(random() * 5),
          regions: REGIONS.filter(() => random() < 0.5),
        },
      },
      action: pick(random, ACTIONS),
      ticket: {
        id: `T-${Math.floor(random() * 10_000)}`,
        attributes: {
          region: pick(random, REGIONS),
          severity: 1 + Math.floor(random() * 4),
          confidential: random() < 0.15,
          assignee: own ? login : `user${Math.floor(random() * 100)}`,
        },
      },
    };
  });
}
