import type { Entity } from "../entities/types.js";
import type { EntityUid } from "../value/entity-uid.js";
import type { CompiledPolicy } from "./compiled.js";
import type { ActionRow } from "./scope-actions.js";
import type { Bucket } from "./scope-bucket.js";
import type { ScopeIndex } from "./scope-index.js";
import { ANY, type Level } from "./scope-level.js";
import type { Name } from "./scope-names.js";

/** One entity of a request of which not everything is known: what is, if only its type. */
export interface Sought {
  readonly type: string | undefined;
  readonly uid?: EntityUid;
  readonly entity?: Entity | undefined;
  /** Whether its ancestors are not known, if it is known at all. */
  readonly isOpen: boolean;
}

/** All policies whose scope may hold, each once, and perhaps others, where not everything is known of the request. */
export function possibleCandidates(
  { actions, names }: ScopeIndex,
  action: Sought,
  principal: Sought,
  resource: Sought,
): CompiledPolicy[] {
  const search = <Row>(level: Level<Row>, { type, uid, entity, isOpen }: Sought, found: Row[]): Row[] => {
    if (uid === undefined) addPossible(level, type, null, found);
    else if (isOpen) addPossible(level, type, names.get(uid), found);
    else level.find(uid.type, entity, names.seatOf(uid, entity), found);
    return found;
  };
  const { uid, entity } = action;
  const rows: readonly ActionRow[] =
    uid === undefined || action.isOpen
      ? [...search(actions.single, action, []), ...actions.lists.values()]
      : actions.find(uid.type, entity, names.seatOf(uid, entity)).rows;
  const buckets: Bucket[] = [];
  for (const { principals } of rows) search(principals, principal, buckets);
  return buckets.flatMap(({ always, few, many }) => [
    ...always,
    ...few,
    ...(many ? search(many, resource, []).flat() : []),
  ]);
}

/**
 * Adds the rows whose constraint may hold, each once.
 *
 * @param name null where the id is unknown, undefined where no policy names it
 */
function addPossible<Row>(
  { direct, within }: Level<Row>,
  type: string | undefined,
  name: Name | undefined | null,
  found: Row[],
): void {
  for (const key of name === null ? direct.keys() : [ANY, type, name]) {
    const row = key !== undefined && mayBe(key, type) && direct.get(key);
    if (row) found.push(row);
  }
  for (const [key, rows] of within ?? [])
    if (mayBe(key, type)) for (const row of rows.values()) found.push(row);
}

/** Whether what stands under a key can be asked of an entity of a type, or of any. */
function mayBe(key: string | Name, type: string | undefined): boolean {
  return key === ANY || type === undefined || (typeof key === "string" ? key : key.type) === type;
}
