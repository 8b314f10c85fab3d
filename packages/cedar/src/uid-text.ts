import { EntityUid, type EntityUidJson } from "@cordon/engine";

/** An entity uid as Cedar source writes it, `User::"ann"`. */
export function uidText({ type, id }: EntityUidJson): string {
  return EntityUid.of(type, id).toString();
}
