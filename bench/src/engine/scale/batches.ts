import { CedarRecord, compile, type Request } from "@cordon/engine";
import { type Measured, measureRounds } from "../../measure/rounds.js";
import { action, type Workload, withCandidates } from "./policies.js";

const BATCH = 10_000;

/** Ten thousand questions at once, of one principal or of many. */
export function measureBatches(quick: boolean): Measured[] {
  const workload = withCandidates(10_000, 10);
  const authorizer = compile(workload.policies);
  const one = requestsOf(workload, () => 7);
  const many = requestsOf(workload, (index) => index);
  const { store } = workload;
  const includes = `${BATCH.toLocaleString("en-US")} decisions; 10,000 policies, 10 candidates each`;
  return measureRounds(
    [
      {
        name: "`isAuthorizedMany`: one principal, each time another resource",
        includes,
        runsPerRound: quick ? 2 : 4,
        run: () => authorizer.isAuthorizedMany(one, store),
      },
      {
        name: "the same, asked one by one with other principals in between",
        includes,
        runsPerRound: quick ? 2 : 4,
        run: () => alternate(one, many, (request) => authorizer.isAuthorized(request, store)),
      },
      {
        name: "`isAuthorizedMany`: each time another principal",
        includes,
        runsPerRound: quick ? 2 : 4,
        run: () => authorizer.isAuthorizedMany(many, store),
      },
    ],
    quick ? 1 : 5,
  );
}

function requestsOf({ requests }: Workload, principalOf: (index: number) => number): Request[] {
  return Array.from({ length: BATCH }, (_, index) => {
    const resource = requests[index % requests.length]?.resource;
    const principal = requests[principalOf(index) % requests.length]?.principal;
    if (resource === undefined || principal === undefined) throw new Error("an empty workload");
    return { principal, action: action(0), resource, context: CedarRecord.EMPTY };
  });
}

/** Half of each, so that it is as many decisions as a batch. */
function alternate(a: readonly Request[], b: readonly Request[], ask: (request: Request) => unknown): void {
  for (let index = 0; index < BATCH; index++) {
    const request = (index % 2 === 0 ? a : b)[index];
    if (request !== undefined) ask(request);
  }
}
