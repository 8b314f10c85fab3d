import type { Entity } from "../entities/types.js";
import type { EntityUid } from "../value/entity-uid.js";
import type { Constraint } from "./scope.js";
import type { Bucket } from "./scope-bucket.js";
import { Level } from "./scope-level.js";
import type { Name, OpenSeeker, ScopeNames } from "./scope-names.js";

/** The policies that have one constraint on the action, by principal. */
export interface ActionRow {
  readonly principals: Level<Bucket>;
}

/** Beyond so many, comparing costs more than what actions with the same rows share. */
const MOST_COMBINATIONS = 50;

/** The rows of each action: a group's, a list's, its own. Found once for each concrete action. */
export class ScopeActions {
  readonly #names: ScopeNames;
  readonly #single: Level<ActionRow>;
  /** Rows of lists, by the list and by each action in it. */
  readonly #lists = new Map<string, ActionRow>();
  readonly #listsOf = new Map<Name, ActionRow[]>();
  /** An entity object never changes, so neither do its rows while there are the same rows. */
  #ofEntity = new WeakMap<Entity, { readonly uid: EntityUid; readonly rows: readonly ActionRow[] }>();
  /** For actions that are not among the entities; those without a name have the same rows, so asking adds nothing. */
  #ofName = new Map<Name | undefined, readonly ActionRow[]>();
  #combinations: (readonly ActionRow[])[] = [];

  constructor(names: ScopeNames) {
    this.#names = names;
    this.#single = new Level(names);
  }

  getOrAdd(constraint: Constraint): ActionRow {
    if (constraint.op !== "in" || constraint.uids.length === 1) {
      return this.#single.getOrAdd(constraint, () => this.#newRow());
    }
    const actions = new Set(constraint.uids.map((uid) => this.#names.nameOf(uid)));
    const key = JSON.stringify(Array.from(actions, ({ uid }) => uid.key).sort());
    let row = this.#lists.get(key);
    if (row === undefined) {
      row = this.#newRow();
      this.#lists.set(key, row);
      for (const name of actions) {
        const rows = this.#listsOf.get(name);
        if (rows === undefined) this.#listsOf.set(name, [row]);
        else rows.push(row);
      }
    }
    return row;
  }

  find(uid: EntityUid, entity: Entity | undefined): readonly ActionRow[] {
    if (entity !== undefined) {
      const known = this.#ofEntity.get(entity);
      if (known?.uid.equals(uid)) return known.rows;
      const rows = this.#look(uid, entity);
      this.#ofEntity.set(entity, { uid, rows });
      return rows;
    }
    const name = this.#names.get(uid);
    let rows = this.#ofName.get(name);
    if (rows === undefined) {
      rows = this.#look(uid, undefined);
      this.#ofName.set(name, rows);
    }
    return rows;
  }

  /** Those that may hold of an action of which not everything is known. */
  findPossible(action: OpenSeeker): ActionRow[] {
    const found: ActionRow[] = [];
    this.#single.findPossible(action, found);
    return [...found, ...this.#lists.values()];
  }

  #look(uid: EntityUid, entity: Entity | undefined): readonly ActionRow[] {
    const seeker = this.#names.seek(uid, entity);
    const found: ActionRow[] = [];
    this.#single.find(seeker, found);
    const lists = new Set<ActionRow>();
    for (const name of seeker.name === undefined ? seeker.above : [seeker.name, ...seeker.above]) {
      for (const row of this.#listsOf.get(name) ?? []) lists.add(row);
    }
    return this.#one([...found, ...lists]);
  }

  /** One array for all actions that have the same rows. */
  #one(rows: readonly ActionRow[]): readonly ActionRow[] {
    for (const known of this.#combinations) {
      if (known.length === rows.length && known.every((row, index) => row === rows[index])) return known;
    }
    if (this.#combinations.length < MOST_COMBINATIONS) this.#combinations.push(rows);
    return rows;
  }

  /** With another row, actions may have others. */
  #newRow(): ActionRow {
    this.#ofEntity = new WeakMap();
    this.#ofName = new Map();
    this.#combinations = [];
    return { principals: new Level(this.#names) };
  }
}
