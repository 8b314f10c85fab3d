// node --expose-gc entities-child.js QUICK COUNT…: loads so many entities, decides on them, and changes them.
import {
  CedarRecord,
  compile,
  EntityStore,
  EntityUid,
  type PolicySetJson,
  type Request,
} from "@cordon/engine";
import { seeded } from "../../helpdesk/random.js";
import { type Measured, measureRounds } from "../../measure/rounds.js";
import { cpuMs, type Memory, memory } from "./child.js";
import { type Company, companyEntities, companyOf } from "./company.js";

export interface EntityFigures {
  readonly count: number;
  readonly loadMs: number;
  readonly held: Memory;
  readonly decision: Measured;
  readonly changes: { readonly what: string; readonly ms: number }[];
}

const uid = (type: string, index: number) => EntityUid.of(type, `${type.toLowerCase()}-${index}`);
const [quick, ...counts] = process.argv.slice(2).map(Number);
process.stdout.write(JSON.stringify(counts.map(figures)));

function figures(count: number): EntityFigures {
  const company = companyOf(count);
  const before = memory();
  const { result: store, ms: loadMs } = cpuMs(() => EntityStore.from(companyEntities(company)));
  const after = memory();
  const held = { heapMb: after.heapMb - before.heapMb, rssMb: after.rssMb - before.rssMb };
  return { count, loadMs, held, decision: decide(store, company), changes: change(store, company) };
}

function decide(store: EntityStore, company: Company): Measured {
  const random = seeded(company.users);
  const below = (limit: number) => Math.floor(random() * limit);
  const requests: Request[] = Array.from({ length: 20_000 }, () => ({
    principal: uid("User", below(company.users)),
    action: EntityUid.of("Action", "read"),
    resource: uid("Document", below(company.documents)),
    context: CedarRecord.EMPTY,
  }));
  const authorizer = compile(policies(company));
  const run = (at: number) => authorizer.isAuthorized(requests[at % requests.length] as Request, store);
  const [measured] = measureRounds([{ name: "", includes: "", runsPerRound: 20_000, run }], quick ? 1 : 5);
  return measured as Measured;
}

/** Groups read folders, owners read what is theirs, and nobody what is archived. */
function policies({ groups, folders }: Company): PolicySetJson {
  const staticPolicies: PolicySetJson["staticPolicies"] = {};
  const all = { op: "All" } as const;
  const dot = (name: "principal" | "resource", attr: string) =>
    ({ ".": { left: { Var: name }, attr } }) as const;
  for (let i = 0; i < Math.min(1_000, groups); i++) {
    staticPolicies[`group-${i}`] = {
      effect: "permit",
      principal: { op: "in", entity: { type: "Group", id: `group-${i}` } },
      action: all,
      resource: { op: "in", entity: { type: "Folder", id: `folder-${i % folders}` } },
      conditions: [],
    };
  }
  const owner = { "==": { left: dot("resource", "owner"), right: { Var: "principal" } } } as const;
  const unscoped = { principal: all, action: all, resource: all };
  staticPolicies.owner = { effect: "permit", ...unscoped, conditions: [{ kind: "when", body: owner }] };
  const archived = [{ kind: "when", body: dot("resource", "archived") }] as const;
  staticPolicies.archived = { effect: "forbid", ...unscoped, conditions: [...archived] };
  return { staticPolicies, templates: {}, templateLinks: [] };
}

function change(store: EntityStore, { users, groups, folders }: Company): EntityFigures["changes"] {
  const leaf = uid("User", users - 1);
  const folder = uid("Folder", Math.floor(folders / 2));
  const timed = (what: string, run: () => unknown) => ({ what, ms: cpuMs(run).ms });
  return [
    timed("a thousand users added, one by one", () => {
      for (let i = 0; i < 1_000; i++)
        store.upsert({ uid: uid("User", users + i), parents: [uid("Group", i % groups)] });
    }),
    timed("those removed again", () => {
      for (let i = 0; i < 1_000; i++) store.remove(uid("User", users + i));
    }),
    timed("a thousand edges taken and given back", () => {
      const [parent] = store.get(leaf)?.parents ?? [];
      for (let i = 0; i < 1_000 && parent !== undefined; i++) {
        store.removeParent(leaf, parent);
        store.addParent(leaf, parent);
      }
    }),
    timed("a folder with some twenty documents moved", () => {
      store.upsert({ uid: folder, parents: [] });
    }),
    timed("the folder above a ninth of all documents moved", () => {
      store.upsert({ uid: uid("Folder", Math.min(1, folders - 1)), parents: [] });
    }),
  ];
}
