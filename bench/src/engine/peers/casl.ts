import { AbilityBuilder, createMongoAbility, type MongoAbility } from "@casl/ability";
import { forEachQuestion, type Questions } from "../questions.js";
import type { Peer } from "./peer.js";
import { type PlainLists, plainLists, RULES } from "./tiny-todo.js";

/** Abilities are defined for one user at a time, so each user has one, made beforehand. */
export function casl(questions: Questions, runsPerRound: number): Peer {
  const worlds = questions.worlds.map((world) => ready(plainLists(world)));
  const asked = forEachQuestion(questions, (world, at, index) => {
    const request = world.asked[at];
    const own = worlds[index];
    const ability = own?.abilities.get(request?.principal.id ?? "");
    if (request === undefined || ability === undefined) throw new Error(`question ${at} names nobody known`);
    return {
      ability,
      action: request.action.id,
      thing: own?.things.get(request.resource.id) ?? "Application",
    };
  });
  const run = (index: number) => {
    const { ability, action, thing } = asked[index % asked.length] as (typeof asked)[number];
    return ability.can(action, thing);
  };
  return {
    name: "@casl/ability",
    includes: "an ability for each user made beforehand, its teams in it; lists as objects",
    runsPerRound,
    run,
    allows: run,
  };
}

function ready({ teamsOf, lists }: PlainLists) {
  const abilities = new Map<string, MongoAbility>();
  for (const [user, teams] of teamsOf) abilities.set(user, abilityOf(user, [...teams]));
  const things = new Map([...lists].map(([id, list]) => [id, { kind: "List", ...list }]));
  return { abilities, things };
}

function abilityOf(user: string, teams: readonly string[]): MongoAbility {
  const { can, cannot, build } = new AbilityBuilder<MongoAbility>(createMongoAbility);
  can([...RULES.anyone], "Application");
  can([...RULES.owner], "List", { owner: user });
  can([...RULES.reader], "List", { readers: { $in: teams } });
  can([...RULES.editor], "List", { editors: { $in: teams } });
  // Whether somebody is a visitor is known when the ability is made: the others have no such rule.
  if (teams.includes(RULES.denied.team)) cannot([...RULES.denied.actions], "all");
  return build({ detectSubjectType: (thing) => thing.kind });
}
