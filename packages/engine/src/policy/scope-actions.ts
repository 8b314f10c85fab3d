import type { Entity } from "../entities/types.js";
import type { Constraint } from "./scope.js";
import type { Bucket } from "./scope-bucket.js";
import { Level } from "./scope-level.js";
import type { Name, ScopeNames, Seat } from "./scope-names.js";

/** The policies that have one constraint on the action, by principal. */
export interface ActionRow {
  readonly number: number;
  readonly principals: Level<Bucket>;
}

/** All rows of an action: one such object for all actions that have the same. */
export interface ActionRows {
  readonly rows: readonly ActionRow[];
  /** From 0 on; which ones there are depends on the policies and the actions' groups. */
  readonly number: number;
}

/** Beyond so many, actions with the same rows share nothing. */
const MOST_COMBINATIONS = 10_000;

/** The rows of each action: a group's, a list's, its own. Found once for each concrete action. */
export class ScopeActions {
  readonly #names: ScopeNames;
  readonly single: Level<ActionRow>;
  /** Rows of lists, by the list and by each action in it. */
  readonly lists = new Map<string, ActionRow>();
  readonly #listsOf = new Map<Name, ActionRow[]>();
  #rows = 0;
  #combinations = new Map<string, ActionRows>();

  constructor(names: ScopeNames) {
    this.#names = names;
    this.single = new Level(names);
  }

  getOrAdd(constraint: Constraint): ActionRow {
    if (constraint.op !== "in" || constraint.uids.length === 1) {
      return this.single.getOrAdd(constraint, () => this.#newRow());
    }
    const actions = new Set(constraint.uids.map((uid) => this.#names.nameOf(uid)));
    const key = JSON.stringify(Array.from(actions, (uid) => uid.key).sort());
    let row = this.lists.get(key);
    if (row === undefined) {
      row = this.#newRow();
      this.lists.set(key, row);
      for (const name of actions) {
        const rows = this.#listsOf.get(name);
        if (rows === undefined) this.#listsOf.set(name, [row]);
        else rows.push(row);
      }
    }
    return row;
  }

  find(type: string, entity: Entity | undefined, seat: Seat): ActionRows {
    seat.rows ??= this.#look(type, entity, seat);
    return seat.rows as ActionRows;
  }

  #look(type: string, entity: Entity | undefined, seat: Seat): ActionRows {
    const found: ActionRow[] = [];
    this.single.find(type, entity, seat, found);
    const lists = new Set<ActionRow>();
    for (const name of seat.name === undefined ? seat.above : [seat.name, ...seat.above]) {
      for (const row of this.#listsOf.get(name) ?? []) lists.add(row);
    }
    const rows = [...found, ...lists];
    const key = rows.map((row) => row.number).join();
    let combination = this.#combinations.get(key);
    if (combination === undefined) {
      combination = { rows, number: this.#combinations.size };
      if (combination.number < MOST_COMBINATIONS) this.#combinations.set(key, combination);
    }
    return combination;
  }

  #newRow(): ActionRow {
    return { number: this.#rows++, principals: new Level(this.#names) };
  }
}
