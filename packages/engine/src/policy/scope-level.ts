import type { Entity } from "../entities/types.js";
import type { CompiledPolicy } from "./compiled.js";
import type { Constraint } from "./scope.js";
import type { Name, ScopeNames, Seat } from "./scope-names.js";

/** Stands where no type is named. No type's name is empty. */
export const ANY = "";

/**
 * One part of the scope: for each constraint that policies have there, a row. A request finds the rows whose
 * constraint holds, and no others.
 */
export class Level<Row> {
  readonly #names: ScopeNames;
  /** `any` under no type, `is` under its type, `==` under its name. */
  readonly direct = new Map<string | Name, Row>();
  /** `in` under no type, `is … in` under its type; then by name. Absent while no policy has one. */
  within: Map<string, Map<Name, Row>> | undefined;

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
  find(type: string, entity: Entity | undefined, seat: Seat, found: Row[]): void {
    const direct = this.direct;
    push(direct.get(ANY), found);
    push(direct.get(type), found);
    if (seat.name !== undefined) push(direct.get(seat.name), found);
    const within = this.within;
    if (within === undefined) return;
    findWithin(within.get(ANY), entity, seat, found);
    findWithin(within.get(type), entity, seat, found);
  }

  #place(constraint: Constraint): readonly [rows: Map<string | Name, Row>, key: string | Name] {
    const type = constraint.op === "is" ? constraint.type : ANY;
    const uid = uidOf(constraint);
    if (uid === undefined) return [this.direct, type];
    const name = this.#names.nameOf(uid);
    if (constraint.op === "==") return [this.direct, name];
    this.within ??= new Map();
    let rows = this.within.get(type);
    if (rows === undefined) {
      rows = new Map();
      this.within.set(type, rows);
    }
    return [rows as Map<string | Name, Row>, name];
  }
}

function findWithin<Row>(
  rows: Map<Name, Row> | undefined,
  entity: Entity | undefined,
  { name, above }: Seat,
  found: Row[],
): void {
  if (rows === undefined) return;
  if (name !== undefined) push(rows.get(name), found);
  if (rows.size < above.length) {
    for (const [other, row] of rows) if (other !== name && entity?.isIn(other)) found.push(row);
  } else {
    for (const other of above) push(rows.get(other), found);
  }
}

function push<Row>(row: Row | undefined, found: Row[]): void {
  if (row !== undefined) found.push(row);
}

/** The entity that a constraint names; a list names none. */
export function uidOf(constraint: Constraint) {
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

/** Policies by their constraint on the resource. */
export function byResource(policies: readonly CompiledPolicy[], names: ScopeNames): Level<CompiledPolicy[]> {
  const level = new Level<CompiledPolicy[]>(names);
  for (const policy of policies) level.getOrAdd(policy.scope.resource, () => []).push(policy);
  return level;
}
