import { CedarRecord, compile, type EntityData, EntityStore, type Request } from "@cordon/engine";
import { type Contender, type Measured, measureRounds } from "../../measure/rounds.js";
import { action, policySet, uid } from "./policies.js";

const POLICIES = 10_000;
/** Of the principal's ancestors, how many a policy is about. */
const NAMED = 10;
const includes = "the decision; 10,000 policies, 10 of them about some of the principal's ancestors";

/** Decisions for principals far down in a hierarchy, and for those with many parents. */
export function measureHierarchies(quick: boolean): Measured[] {
  const authorizer = compile(policySet(POLICIES, false));
  const contender = (name: string, entities: readonly EntityData[]): Contender => {
    const store = EntityStore.from(entities);
    const request: Request = {
      principal: uid("User", "ann"),
      action: action(0),
      resource: uid("Document", 0),
      context: CedarRecord.EMPTY,
    };
    return { name, includes, runsPerRound: 2_000, run: () => authorizer.isAuthorized(request, store) };
  };
  return measureRounds(
    [
      ...[1, 4, 16, 64].map((depth) => contender(`a chain of ${depth} above the principal`, chain(depth))),
      ...[1, 10, 100, 1_000, 10_000].map((count) =>
        contender(`${count.toLocaleString("en-US")} parents`, fan(count)),
      ),
    ],
    quick ? 1 : 7,
  );
}

const DOCUMENT: EntityData = {
  uid: uid("Document", 0),
  attrs: CedarRecord.of([["owner", uid("User", "bob")]]),
};
const ann = (parents: readonly string[]): EntityData => ({
  uid: uid("User", "ann"),
  attrs: CedarRecord.of([["level", 7]]),
  parents: parents.map((id) => uid("Team", id)),
});

/** The first ten are teams with a policy, the others are not; of fewer, all are. */
const team = (index: number) => (index < NAMED ? `team-${index}` : `unnamed-${index}`);

function chain(depth: number): EntityData[] {
  const teams = Array.from({ length: depth - 1 }, (_, index) => ({
    uid: uid("Team", team(index)),
    parents: [uid("Team", team(index + 1))],
  }));
  return [DOCUMENT, ann([team(0)]), ...teams];
}

function fan(count: number): EntityData[] {
  return [DOCUMENT, ann(Array.from({ length: count }, (_, index) => team(index)))];
}
