import type { Constraint } from "./scope.js";
import type { Name, OpenSeeker, ScopeNames, Seeker } from "./scope-names.js";

/** Stands where no type is named. No type's name is empty. */
const ANY = "";

/**
 * One part of the scope: for each constraint that policies have there, a row. A request finds the rows whose
 * constraint holds, and no others.
 */
export class Level<Row> {
  readonly #names: ScopeNames;
  /** `any` under no type, `is` under its type, `==` under its name. */
  readonly #direct = new Map<string | Name, Row>();
  /** `in` under no type, `is … in` under its type; then by name. Absent while no policy has one. */
  #within: Map<string, Map<Name, Row>> | undefined;

  constructor(names: ScopeNames) {
    this.#names = names;
  }

  getOrAdd(constraint: Constraint, make: () => Row): Row {
    const [rows, key] = this.#place(constraint);
    let row = rows.get(key);
    if (row === undefined) {
      row = make();
      rows.set(key, row);
    }
    return row;
  }

  /** Adds the rows whose constraint holds, each once. */
  find({ type, entity, name, above }: Seeker, found: Row[]): void {
    const direct = this.#direct;
    if (direct.size > 0) {
      push(direct.get(ANY), found);
      push(direct.get(type), found);
      if (name !== undefined) push(direct.get(name), found);
    }
    const within = this.#within;
    if (within === undefined) return;
    for (const key of [ANY, type]) {
      const rows = within.get(key);
      if (rows === undefined) continue;
      if (name !== undefined) push(rows.get(name), found);
      if (rows.size < above.length) {
        for (const [other, row] of rows) if (other !== name && entity?.isIn(other.uid)) found.push(row);
      } else {
        for (const other of above) push(rows.get(other), found);
      }
    }
  }

  /** Adds the rows whose constraint may hold, each once. */
  findPossible({ type, name }: OpenSeeker, found: Row[]): void {
    const direct = this.#direct;
    if (name === null) {
      for (const [key, row] of direct) if (mayBe(key, type)) found.push(row);
    } else {
      push(direct.get(ANY), found);
      if (type !== undefined) push(direct.get(type), found);
      if (name !== undefined) push(direct.get(name), found);
    }
    for (const [key, rows] of this.#within ?? []) {
      if (mayBe(key, type)) for (const row of rows.values()) found.push(row);
    }
  }

  #place(constraint: Constraint): readonly [rows: Map<string | Name, Row>, key: string | Name] {
    const type = constraint.op === "is" ? constraint.type : ANY;
    const uid = uidOf(constraint);
    if (uid === undefined) return [this.#direct, type];
    const name = this.#names.nameOf(uid);
    if (constraint.op === "==") return [this.#direct, name];
    this.#within ??= new Map();
    let rows = this.#within.get(type);
    if (rows === undefined) {
      rows = new Map();
      this.#within.set(type, rows);
    }
    return [rows as Map<string | Name, Row>, name];
  }
}

/** Whether what stands under a key can be asked of an entity of a type, or of any. */
function mayBe(key: string | Name, type: string | undefined): boolean {
  return key === ANY || type === undefined || (typeof key === "string" ? key : key.uid.type) === type;
}

function push<Row>(row: Row | undefined, found: Row[]): void {
  if (row !== undefined) found.push(row);
}

/** The entity that a constraint names; a list names none. */
function uidOf(constraint: Constraint) {
  switch (constraint.op) {
    case "any":
      return undefined;
    case "==":
      return constraint.uid;
    case "in":
      return constraint.uids[0];
    case "is":
      return constraint.in;
  }
}
