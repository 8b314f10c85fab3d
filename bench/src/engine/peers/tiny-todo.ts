import { EntityUid } from "@cordon/engine";
import { VISITORS } from "../apps/tinytodo.js";
import type { ReadyWorld } from "../questions.js";

/** A list as a peer without Cedar's entities has it. */
export interface PlainList {
  readonly owner: string;
  readonly readers: string;
  readonly editors: string;
}

/** A world of tinytodo, with all that is above somebody found beforehand, to the advantage of whoever gets it. */
export interface PlainLists {
  /** Of each user all teams, also by way of other teams. */
  readonly teamsOf: ReadonlyMap<string, ReadonlySet<string>>;
  readonly lists: ReadonlyMap<string, PlainList>;
}

/** What the application's policies say, for peers that say it in other words. */
export const RULES = {
  anyone: ["listLists", "createList"],
  owner: ["read", "update", "createTask", "updateTask", "share", "delete"],
  reader: ["read"],
  editor: ["read", "update", "createTask", "updateTask"],
  denied: { team: VISITORS, actions: ["createList", "share"] },
} as const;

/** Read from the very entities that the others answer from. */
export function plainLists({ store }: ReadyWorld): PlainLists {
  const teamsOf = new Map<string, Set<string>>();
  const lists = new Map<string, PlainList>();
  for (const entity of store) {
    const { uid } = entity;
    const named = (attribute: string) => {
      const value = entity.attrs.get(attribute);
      return value instanceof EntityUid ? value.id : "";
    };
    if (uid.type === "User") teamsOf.set(uid.id, new Set(Array.from(entity.ancestors(), ({ id }) => id)));
    else if (uid.type === "List")
      lists.set(uid.id, { owner: named("owner"), readers: named("readers"), editors: named("editors") });
  }
  return { teamsOf, lists };
}
