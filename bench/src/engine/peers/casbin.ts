import { newEnforcer, newModelFromString, StringAdapter } from "casbin";
import { forEachQuestion, type Questions } from "../questions.js";
import type { Peer } from "./peer.js";
import { type PlainList, type PlainLists, plainLists, RULES } from "./tiny-todo.js";

const MODEL = `
[request_definition]
r = user, list, act

[policy_definition]
p = relation, act, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = r.act == p.act && holds(r.user, p.relation, r.list)
`;

/** Its policies name relations; whether one holds is asked of a function of ours, as its attribute model wants it. */
export async function casbin(questions: Questions, runsPerRound: number): Promise<Peer> {
  const enforcers = await Promise.all(questions.worlds.map((world) => enforcerOf(plainLists(world))));
  const asked = forEachQuestion(questions, (world, at, index) => {
    const request = world.asked[at];
    const ready = enforcers[index];
    if (request === undefined || ready === undefined) throw new Error(`question ${at} is not there`);
    const { principal, action, resource } = request;
    return { ...ready, user: principal.id, list: ready.lists.get(resource.id) ?? null, action: action.id };
  });
  const run = (index: number) => {
    const { enforcer, user, list, action } = asked[index % asked.length] as (typeof asked)[number];
    return enforcer.enforceSync(user, list, action);
  };
  return {
    name: "casbin",
    includes: "policies loaded; teams and lists as objects, looked into by a function of ours",
    runsPerRound,
    run,
    allows: run,
  };
}

async function enforcerOf({ teamsOf, lists }: PlainLists) {
  const enforcer = await newEnforcer(newModelFromString(MODEL), new StringAdapter(policyLines()));
  const holds = (user: string, relation: string, list: PlainList | null): boolean => {
    if (relation === "anyone") return list === null;
    if (relation === "visitor") return teamsOf.get(user)?.has(RULES.denied.team) ?? false;
    if (list === null) return false;
    if (relation === "owner") return list.owner === user;
    return teamsOf.get(user)?.has(relation === "reader" ? list.readers : list.editors) ?? false;
  };
  await enforcer.addFunction("holds", holds);
  return { enforcer, lists };
}

function policyLines(): string {
  const permits = (["anyone", "owner", "reader", "editor"] as const).flatMap((relation) =>
    RULES[relation].map((action) => `p, ${relation}, ${action}, allow`),
  );
  const denials = RULES.denied.actions.map((action) => `p, visitor, ${action}, deny`);
  return [...permits, ...denials].join("\n");
}
