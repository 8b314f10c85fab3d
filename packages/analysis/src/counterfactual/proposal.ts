import { type EntityUid, type ResolvedSchema, EntityUid as Uid, type Value } from "@cordon/engine";
import type { Change } from "./change.js";
import type { Facts } from "./facts.js";
import type { Node } from "./node.js";
import { changeOf, type Place } from "./place.js";
import type { ValuePool } from "./value-pool.js";

/** One change that may bring a condition nearer to what is wanted; a search tries it and looks again. */
export interface Proposal {
  readonly change: Change;
  /** What the fact must be, for people: ``must equal `principal.region`, `"us"` ``. */
  readonly must: string | undefined;
  /** The condition it is to bring about; left out where the change only lets evaluation get further. */
  readonly atom?: { readonly trail: readonly number[]; readonly want: boolean };
}

/** What proposals are made from. */
export interface Scene {
  /** As they are with the changes made so far. */
  readonly facts: Facts;
  readonly original: Facts;
  readonly schema: ResolvedSchema | null;
  readonly pool: ValuePool;
}

export function setPlace(
  place: Place | undefined,
  to: Value | undefined,
  must: string | undefined,
  scene: Scene,
): Proposal[] {
  if (place === undefined) return [];
  const change = changeOf(place, to, scene.original, scene.schema);
  return change === undefined ? [] : [{ change, must }];
}

/**
 * Marks proposals as meant to make `node` come to `want`. One membership less does not: there may be others by
 * which the same holds.
 */
export function aimedAt(node: Node, want: boolean, proposals: readonly Proposal[]): Proposal[] {
  return proposals.map((proposal) =>
    proposal.change.kind === "remove_parent" ? proposal : { ...proposal, atom: { trail: node.trail, want } },
  );
}

export function isUid(value: Value | undefined): value is EntityUid {
  return value instanceof Uid;
}
