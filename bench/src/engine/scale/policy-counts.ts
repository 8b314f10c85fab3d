import { compile } from "@cordon/engine";
import { type Contender, type Measured, measureRounds } from "../../measure/rounds.js";
import { checkAnswers, REQUESTS, scopeDistinct, type Workload, withCandidates } from "./policies.js";

/** Decisions by the number of policies, of which few can match whatever the number. */
export function measurePolicyCounts(quick: boolean): Measured[] {
  const counts = quick ? [100, 1_000, 10_000] : [100, 1_000, 10_000, 100_000];
  const contenders = counts.map((count) =>
    contenderOf(`${count.toLocaleString("en-US")} scope-distinct policies`, scopeDistinct(count)),
  );
  contenders.push(
    contenderOf("10,000 policies, 10 candidates a request", withCandidates(10_000, 10)),
    contenderOf(
      "10,000 policies, 10 candidates a request, without an index",
      withCandidates(10_000, 10),
      false,
    ),
  );
  return measureRounds(contenders, quick ? 1 : 7);
}

function contenderOf(name: string, workload: Workload, index = true): Contender {
  const { policies, requests, store } = workload;
  const authorizer = compile(policies, { index });
  if (index) checkAnswers(authorizer, compile(policies, { index: false }), workload);
  return {
    name,
    includes: "the decision; 1,000 users and documents ready",
    runsPerRound: index ? REQUESTS : 20,
    run: (at) => {
      const request = requests[at % requests.length];
      return request && authorizer.isAuthorized(request, store);
    },
  };
}
