import type { EntityUidJson } from "@cordon/engine";

/**
 * How likely any two things are connected. As in the paper this is one number for all kinds of edges; among few
 * entities it is raised, since otherwise nearly nothing would be connected and all be denied.
 */
export function density(size: number): number {
  return Math.max(0.05, 1 / size);
}

/** Members drawn for each of `from`: any of `to`, each with the density. */
export function edges<T>(random: () => number, count: number, to: readonly T[], chance: number): T[][] {
  return Array.from({ length: count }, () => to.filter(() => random() < chance));
}

/** As `edges` within one kind, but only towards lower numbers, so that there is no cycle. */
export function nested(random: () => number, things: readonly EntityUidJson[], chance: number) {
  return things.map((_, index) => things.slice(0, index).filter(() => random() < chance));
}

export function numbered(type: string, size: number): EntityUidJson[] {
  return Array.from({ length: size }, (_, index) => ({ type, id: `${type.toLowerCase()}-${index}` }));
}

/** The members of each group by the group's id, from the groups of each member. */
export function membersOf(
  members: readonly EntityUidJson[],
  groups: readonly (readonly EntityUidJson[])[],
): ReadonlyMap<string, readonly EntityUidJson[]> {
  const found = new Map<string, EntityUidJson[]>();
  for (const [index, member] of members.entries()) {
    for (const { id } of groups[index] ?? []) found.set(id, [...(found.get(id) ?? []), member]);
  }
  return found;
}
