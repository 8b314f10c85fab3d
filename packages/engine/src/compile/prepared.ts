import type { EntityUidJson } from "../schema.js";
import type { Decide, Generate } from "./situations.js";

/** Code that was generated ahead of time, and the policies (by their ordinals) that it evaluates. */
export interface Prepared {
  readonly action: EntityUidJson;
  readonly principalType: string;
  readonly resourceType: string;
  readonly policies: readonly number[];
  readonly decide: Decide;
}

/** Finds the code made for exactly a situation and its policies, which may be others by now: an action's groups change. */
export function finding(prepared: readonly Prepared[]): Generate {
  return (policies, { action, principalType, resourceType }) =>
    prepared.find(
      (each) =>
        each.action.id === action.id &&
        each.action.type === action.type &&
        each.principalType === principalType &&
        each.resourceType === resourceType &&
        each.policies.length === policies.length &&
        policies.every(({ ordinal }, index) => ordinal === each.policies[index]),
    )?.decide;
}
