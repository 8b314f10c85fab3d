import type { AbortSignalLike } from "@cordon/engine";
import type { Call } from "../pipeline/evaluate.js";
import type { Snapshot } from "../pipeline/snapshot.js";
import { decideEach } from "./decide-each.js";
import type { Cursor } from "./page-token.js";
import { listingSource, type Part, placesOf } from "./places.js";
import { isWhole, type Outlook } from "./row-filter.js";

/** Entities that are listed at a time where each must be decided: as many as sources are asked for at once. */
const DECIDED_AT_A_TIME = 500;
/** How long a page is filled before what is there goes out, as a page with fewer results than it might have. */
const PATIENCE_MS = 1_000;

export interface EntityQuery {
  /** Cedar's name of it. */
  readonly type: string;
  readonly outlook: Outlook;
  readonly limit: number;
  readonly from: Cursor;
  /** The request of which an entity's decision says whether it is a result. */
  requestFor(id: string): object;
}

export interface EntityPage {
  readonly ids: readonly string[];
  /** Where the next page begins; null where there is none. */
  readonly next: Cursor | null;
}

/**
 * One page of entities. Whether there is a next is found out by looking for one result more than wanted.
 *
 * @throws RequestError, PlanUnavailable, SourceError where the results can't be found out, all of them
 */
export async function collect(snapshot: Snapshot, query: EntityQuery, call: Call): Promise<EntityPage> {
  const { outlook, type, limit } = query;
  if (outlook.plan?.outcome === "never") return { ids: [], next: null };
  const source = listingSource(snapshot, type);
  const whole = source !== undefined && isWhole(snapshot, source);
  const places = placesOf(snapshot, type, whole ? outlook.plan?.filter : undefined);
  const settled = whole && outlook.plan?.outcome === "always" && outlook.plan.exact;
  const ids: string[] = [];
  const until = performance.now() + PATIENCE_MS;
  let cursor = query.from;
  // Until the source shows that it can't tell.
  let isFiltering = true;
  const { signal, end } = aborted(call.signal);
  try {
    for (;;) {
      const place = places[cursor.place];
      if (place === undefined) return { ids, next: null };
      const isSettled = settled && cursor.place > 0;
      const size = isSettled || (place.filters && isFiltering) ? limit - ids.length + 1 : DECIDED_AT_A_TIME;
      const part = await place.next(cursor.after, size, signal);
      if (place.filters) isFiltering = part.filtered;
      const allowed = isSettled || part.filtered ? part.ids : await allowedOf(snapshot, query, part, call);
      for (const id of allowed) {
        if (ids.length === limit) return { ids, next: cursor };
        ids.push(id);
        cursor = { place: cursor.place, after: id };
      }
      cursor = after(cursor.place, part);
      if (cursor.place >= places.length) return { ids, next: null };
      if (performance.now() > until) return { ids, next: cursor };
    }
  } finally {
    end();
  }
}

function after(place: number, { next }: Part): Cursor {
  return next === null ? { place: place + 1, after: null } : { place, after: next };
}

async function allowedOf(
  snapshot: Snapshot,
  { requestFor }: EntityQuery,
  { ids }: Part,
  call: Call,
): Promise<readonly string[]> {
  const answers = await decideEach(snapshot, ids.map(requestFor), { ...call, recording: false });
  return ids.filter((_, index) => answers[index]);
}

/** The platform's signal for the engine's. */
function aborted(given: AbortSignalLike | undefined): { signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  given?.addEventListener("abort", abort, { once: true });
  return { signal: controller.signal, end: () => given?.removeEventListener("abort", abort) };
}
