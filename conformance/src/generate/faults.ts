import type { CallEntity, CallValue } from "@cordon/cedar";
import type { Choices } from "./choices.js";
import { record } from "./values.js";
import type { World } from "./world.js";

/** Something wrong with the data of a world, for both sides to refuse, or to accept, alike. */
export interface Fault {
  name: string;
  /** Whether requests are left unvalidated, so that faults in them may pass. */
  unvalidated: boolean;
  apply(world: World): void;
}

/** Values that Cedar's JSON can't hold, or holds in a way that is easily got wrong. */
const ODD_VALUES: CallValue[] = [
  null,
  1.5,
  1e30,
  -0,
  2n ** 63n,
  -(2n ** 63n) - 1n,
  2n ** 63n - 1n,
  [],
  {},
  [1, "a", { __entity: { type: "User", id: "x" } }],
  { __entity: { type: "User" } },
  { __entity: { type: "User", id: "x" }, extra: 1 },
  { __entity: { type: "not a type", id: "x" } },
  { __entity: { type: "User", id: "x", extra: 1 } },
  { __extn: { fn: "ip", arg: "1.2.3.4" }, extra: 1 },
  { __extn: { fn: "ip", arg: "nonsense" } },
  { __extn: { fn: "nosuch", arg: "1.2.3.4" } },
  { __extn: { fn: "decimal", arg: 1 } },
  { __extn: { fn: "decimal", args: ["1.0"] } },
  {
    __extn: {
      fn: "offset",
      args: [{ __extn: { fn: "datetime", arg: "2024-01-01" } }, { __extn: { fn: "duration", arg: "1d" } }],
    },
  },
  { __extn: { fn: "isIpv4", arg: { __extn: { fn: "ip", arg: "1.2.3.4" } } } },
  { __expr: "1 + 1" },
  { fn: "ip", arg: "1.2.3.4" },
  { fn: "ip", args: ["1.2.3.4"] },
  { type: "User", id: "ann" },
  { type: "Doc", id: "ann", more: true },
  "1.0",
  "10.0.0.1/24",
  "2024-01-01",
  true,
];

export function genFault(choices: Choices): Fault {
  const unvalidated = choices.chance(0.4);
  const odd = choices.pick(ODD_VALUES);
  const at = choices.below(64);
  const { name, apply } = choices.pick(FAULTS);
  return {
    name: `${name}${unvalidated ? ", unvalidated" : ""}`,
    unvalidated,
    apply: (world) => apply(world, odd, at),
  };
}

type Apply = (world: World, odd: CallValue, at: number) => void;

const FAULTS: { name: string; apply: Apply }[] = [
  { name: "none", apply: () => {} },
  {
    name: "odd context member",
    apply: (world, odd, at) => changeContext(world, (context) => replaceMember(context, odd, at)),
  },
  {
    name: "additional context member",
    apply: (world, odd) => changeContext(world, (context) => added(context, odd)),
  },
  {
    name: "missing context member",
    apply: (world, _, at) => changeContext(world, (context) => withoutMember(context, at)),
  },
  {
    name: "principal of another type",
    apply: (world) => {
      for (const request of world.requests) request.principal = { type: "Nobody", id: "x" };
    },
  },
  {
    name: "exchanged principal and resource",
    apply: (world) => {
      for (const request of world.requests) {
        [request.principal, request.resource] = [request.resource, request.principal];
      }
    },
  },
  {
    name: "unknown action",
    apply: (world) => {
      for (const request of world.requests) request.action = { ...request.action, id: "unknown" };
    },
  },
  {
    name: "odd attribute",
    apply: (world, odd, at) =>
      changeEntity(world, at, (entity) => ({ ...entity, attrs: replaceMember(entity.attrs, odd, at) })),
  },
  {
    name: "additional attribute",
    apply: (world, odd, at) =>
      changeEntity(world, at, (entity) => ({ ...entity, attrs: added(entity.attrs, odd) })),
  },
  {
    name: "missing attribute",
    apply: (world, _, at) =>
      changeEntity(world, at, (entity) => ({ ...entity, attrs: withoutMember(entity.attrs, at) })),
  },
  {
    name: "odd tag",
    apply: (world, odd, at) =>
      changeEntity(world, at, (entity) => ({ ...entity, tags: added(entity.tags ?? {}, odd) })),
  },
  {
    name: "unknown parent type",
    apply: (world, _, at) =>
      changeEntity(world, at, (entity) => ({ ...entity, parents: [{ type: "Nobody", id: "x" }] })),
  },
  {
    name: "entity its own parent",
    apply: (world, _, at) => changeEntity(world, at, (entity) => ({ ...entity, parents: [entity.uid] })),
  },
  {
    name: "cycle",
    apply: ({ entities }, _, at) => {
      const [first, second] = [
        entities[at % Math.max(entities.length, 1)],
        entities[(at + 1) % Math.max(entities.length, 1)],
      ];
      if (!first || !second) return;
      entities[entities.indexOf(first)] = { ...first, parents: [second.uid] };
      if (first !== second) entities[entities.indexOf(second)] = { ...second, parents: [first.uid] };
    },
  },
  {
    name: "the same entity twice",
    apply: ({ entities }, _, at) => {
      const entity = entities[at % Math.max(entities.length, 1)];
      if (entity) entities.push(entity);
    },
  },
  {
    name: "two different entities of one uid",
    apply: ({ entities }, odd, at) => {
      const entity = entities[at % Math.max(entities.length, 1)];
      if (entity) entities.push({ ...entity, attrs: added(entity.attrs, odd) });
    },
  },
  {
    name: "action entity",
    apply: ({ entities, requests }, odd, at) => {
      const uid = requests[0]?.action ?? { type: "Action", id: "view" };
      entities.push({ uid, attrs: at % 2 === 0 ? {} : { a: odd }, parents: [] });
    },
  },
];

function changeContext({ requests }: World, change: (context: Members) => Members): void {
  for (const request of requests) request.context = change(request.context);
}

function changeEntity({ entities }: World, at: number, change: (entity: CallEntity) => CallEntity): void {
  const index = at % Math.max(entities.length, 1);
  const entity = entities[index];
  if (entity) entities[index] = change(entity);
}

type Members = { [name: string]: CallValue };
type ReadonlyMembers = { readonly [name: string]: CallValue };

function replaceMember(members: ReadonlyMembers, value: CallValue, at: number): Members {
  const entries = Object.entries(members);
  return record(entries.map(([name, old], index) => [name, index === at % entries.length ? value : old]));
}

function added(members: ReadonlyMembers, value: CallValue): Members {
  return record([...Object.entries(members), ["a", value]]);
}

function withoutMember(members: ReadonlyMembers, at: number): Members {
  const entries = Object.entries(members);
  return record(entries.filter((_, index) => index !== at % entries.length));
}
