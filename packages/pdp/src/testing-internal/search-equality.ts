import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { RequestError } from "@cordon/engine";
import fc from "fast-check";
import { answerRequest } from "../pipeline/answer.js";
import type { Call } from "../pipeline/evaluate.js";
import type { Snapshot } from "../pipeline/snapshot.js";
import { PageTokens, searchEntities } from "../search/index.js";
import type { Source } from "../sources/index.js";
import { type SearchCase, searchCases, snapshotOf } from "./search-world.js";

export const CALL: Call = {
  now: new Date("2026-03-04T12:00:00Z"),
  caller: "test",
  traceId: null,
  recording: false,
  explaining: false,
};

const tokens = new PageTokens();

type Kind = "resource" | "principal";

interface Tally {
  searches: number;
  found: number;
  looked: number;
  /** Parts that the database alone answered, and those of which each entity was decided. */
  filtered: number;
  decided: number;
}

/** Where the entities of a case are, besides the project's files. */
export interface Database {
  /** Lays out the tables of a case, and opens the source over them. */
  open(given: SearchCase): Promise<Source>;
}

/**
 * For generated entities, wherever they are, and policies: what searches find is what decisions allow, each asked
 * for by itself; and pages of every size are the same whole.
 */
export async function checkSearches(t: TestContext, database: Database | null, runs: number): Promise<void> {
  const seed = Number(process.env.CORDON_SEED ?? Date.now() % 2 ** 31);
  const numRuns = Number(process.env.CORDON_RUNS ?? runs);
  t.diagnostic(`CORDON_SEED=${seed} CORDON_RUNS=${numRuns}`);
  const tally: Tally = { searches: 0, found: 0, looked: 0, filtered: 0, decided: 0 };
  const property = fc.asyncProperty(searchCases(database !== null), async (given) => {
    const source = (await database?.open(given)) ?? null;
    if (source !== null) counting(source, tally);
    try {
      const snapshot = snapshotOf(given, source);
      for (const kind of ["resource", "principal"] as const) await checkSearch(given, snapshot, kind, tally);
    } finally {
      await source?.close();
    }
  });
  await fc.assert(property, { seed, numRuns });
  t.diagnostic(JSON.stringify(tally));
  assert.ok(tally.found > 0, "searches find something");
  assert.ok(tally.found < tally.looked, "and don't find everything");
  if (database === null) return;
  assert.ok(tally.filtered > 0, "the database answers by its filter");
  assert.ok(tally.decided > 0, "and so do decisions");
}

/** Counts who answers. */
function counting(source: Source, tally: Tally): void {
  const list = source.list?.bind(source);
  assert.ok(list !== undefined);
  source.list = async (request, signal) => {
    const listed = await list(request, signal);
    tally[listed.filtered ? "filtered" : "decided"]++;
    return listed;
  };
}

async function checkSearch(given: SearchCase, snapshot: Snapshot, kind: Kind, tally: Tally): Promise<void> {
  const searched = kind === "resource" ? "Doc" : "User";
  const ids = given.entities.filter(({ type }) => type === searched).map(({ id }) => id);
  const wanted = await allowed(given, snapshot, kind, ids);
  if (ids.length === 0 && snapshot.live === null) {
    const isTold = (error: unknown): boolean =>
      error instanceof RequestError && error.code === "not_searchable";
    const found = await pages(given, snapshot, kind, 1_000).catch((error: unknown) => {
      assert.ok(isTold(error), String(error));
      return [];
    });
    assert.deepEqual(found, []);
    return;
  }
  const whole = await pages(given, snapshot, kind, 1_000);
  assert.deepEqual([...whole].sort(), wanted.sort());
  for (const size of [1, 2, 3, 5]) assert.deepEqual(await pages(given, snapshot, kind, size), whole);
  tally.searches++;
  tally.found += whole.length;
  tally.looked += ids.length;
}

/** By decisions alone. */
async function allowed(
  given: SearchCase,
  snapshot: Snapshot,
  kind: Kind,
  ids: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  for (const id of ids) {
    const { principal, resource } = requestOf(given, kind);
    const request =
      kind === "resource"
        ? { principal, resource: { type: "Doc", id } }
        : { principal: { type: "User", id }, resource };
    const { decision } = await answerRequest(snapshot, { ...request, action: "act" }, CALL);
    assert.notEqual(decision.reason.code, "source_unavailable", decision.reason.message);
    if (decision.decision === "allow") found.push(id);
  }
  return found;
}

function requestOf({ named: id, properties }: SearchCase, kind: Kind) {
  const given = properties === null ? {} : { properties };
  return {
    principal: { type: "User", id, ...(kind === "resource" ? given : {}) },
    resource: { type: "Doc", id, ...(kind === "principal" ? given : {}) },
  };
}

async function pages(given: SearchCase, snapshot: Snapshot, kind: Kind, limit: number): Promise<string[]> {
  const { principal, resource } = requestOf(given, kind);
  const request =
    kind === "resource" ? { principal, resourceType: "Doc" } : { principalType: "User", resource };
  const found: string[] = [];
  let token = "";
  do {
    const input = { ...request, action: "act", page: { limit, token } };
    const { result } = await searchEntities(kind, snapshot, input, CALL, tokens);
    assert.ok(result.results.length <= limit);
    found.push(...result.results.map(({ id }) => id));
    assert.ok(found.length <= 100, "a search ends");
    token = result.nextToken;
  } while (token !== "");
  return found;
}
