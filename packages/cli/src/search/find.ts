import type {
  Decision,
  DecisionFailure,
  DecisionRequest,
  FoundEntity,
  SearchPage,
  SearchResult,
} from "@cordon/engine";
import type { ProjectDecider } from "@cordon/pdp";

/** A result, and the policies that give the access. */
export interface Found extends FoundEntity {
  readonly policies: Decision["policies"];
}

export interface Findings {
  readonly found: readonly Found[];
  /** False: there are more, which nobody asked for. */
  readonly isWhole: boolean;
}

export interface FindOptions {
  /** The most results wanted. */
  readonly limit: number;
  /** Told how many there are so far. */
  onProgress(found: number): void;
}

const PAGE = 500;

/**
 * Goes through the pages of a search, and asks of each result which policies give it.
 *
 * @param requestFor what decides on a result
 * @throws what the search throws: a part is never shown as if it were the whole
 */
export async function find(
  decider: ProjectDecider,
  search: (page: SearchPage) => Promise<SearchResult<FoundEntity>>,
  requestFor: (entity: FoundEntity) => DecisionRequest,
  { limit, onProgress }: FindOptions,
): Promise<Findings> {
  const found: Found[] = [];
  let token = "";
  do {
    const page = await search({ token, limit: Math.min(PAGE, limit - found.length) });
    const decisions = await decider.decideMany(page.results.map(requestFor));
    for (const [index, entity] of page.results.entries()) {
      const decision = decisions[index];
      // What changed since the search is no result any more.
      if (isAllowed(decision)) found.push({ ...entity, policies: decision.policies });
    }
    onProgress(found.length);
    token = page.nextToken;
  } while (token !== "" && found.length < limit);
  return { found, isWhole: token === "" };
}

function isAllowed(decision: Decision | DecisionFailure | undefined): decision is Decision {
  return decision !== undefined && "decision" in decision && decision.decision === "allow";
}

/** Results that the same policies give. */
export interface AccessGroup {
  readonly policies: Decision["policies"];
  readonly entities: readonly FoundEntity[];
}

/** By the policies that give the access, most results first. */
export function groupByPolicies(found: readonly Found[]): AccessGroup[] {
  const groups = new Map<string, { policies: Decision["policies"]; entities: FoundEntity[] }>();
  for (const { type, id, policies } of found) {
    const key = JSON.stringify(policies.map((policy) => policy.id));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { policies, entities: [{ type, id }] });
    else group.entities.push({ type, id });
  }
  return [...groups.values()].sort((a, b) => b.entities.length - a.entities.length);
}
