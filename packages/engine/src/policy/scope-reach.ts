import type { Entity } from "../entities/types.js";
import type { CompiledPolicy } from "./compiled.js";
import type { ActionRows } from "./scope-actions.js";
import type { Bucket } from "./scope-bucket.js";
import { byResource, type Level, uidOf } from "./scope-level.js";
import type { Name, ScopeNames, Seat } from "./scope-names.js";

/** Up to this many policies, going through them is quicker than looking up those whose resource matches. */
const SCAN_LIMIT = 48;

/** Beyond so many ancestors with a name, asking for one is quicker than going through them. */
const MOST_ABOVE = 8;

/** What an action and a principal lead to: policies of which only the constraint on the resource is left to be tested. */
export class Reach {
  readonly rows: ActionRows;
  readonly type: string;
  /** About any resource. */
  readonly always: readonly CompiledPolicy[];
  /** About some resource, in the order of the set, and the entity that each names. */
  readonly #few: readonly CompiledPolicy[];
  readonly #names: readonly (Name | undefined)[];
  /** Where there are so many that they are looked up. */
  readonly #many: readonly Level<CompiledPolicy[]>[];

  constructor(rows: ActionRows, type: string, buckets: readonly Bucket[], names: ScopeNames) {
    this.rows = rows;
    this.type = type;
    this.always = buckets.flatMap(({ always }) => always);
    const few = buckets.flatMap((bucket) => bucket.few);
    const many = buckets.flatMap((bucket) => bucket.many ?? []);
    if (few.length > SCAN_LIMIT) many.push(byResource(few.splice(0), names));
    this.#few = few.sort((a, b) => a.ordinal - b.ordinal);
    this.#names = few.map(({ scope }) => {
      const uid = uidOf(scope.resource);
      return uid && names.get(uid);
    });
    this.#many = many;
  }

  /** How much it holds on to. */
  get size(): number {
    return this.always.length + this.#few.length + 1;
  }

  policies(type: string, entity: Entity | undefined, seat: Seat): readonly CompiledPolicy[] {
    const few = this.#few;
    const names = this.#names;
    const { name: self, above } = seat;
    let found: CompiledPolicy[] | undefined;
    for (let index = 0; index < names.length; index++) {
      const name = names[index];
      if (name !== self && name !== undefined && !isAmong(above, name, entity)) continue;
      const policy = few[index] as CompiledPolicy;
      if (!admits(policy, type, name === self)) continue;
      if (found === undefined) found = [policy];
      else found.push(policy);
    }
    if (this.#many.length > 0) {
      const rows: CompiledPolicy[][] = [];
      for (const level of this.#many) level.find(type, entity, seat, rows);
      found ??= [];
      for (const row of rows) for (const policy of row) found.push(policy);
    }
    if (found === undefined) return this.always;
    for (const policy of this.always) found.push(policy);
    return found;
  }
}

function isAmong(above: readonly Name[], name: Name, entity: Entity | undefined): boolean {
  return above.length > MOST_ABOVE ? entity?.isIn(name) === true : above.includes(name);
}

/** Whether the constraint on the resource, which is the entity it names or under it, holds of the type. */
function admits({ scope: { resource } }: CompiledPolicy, type: string, isSelf: boolean): boolean {
  return resource.op === "is" ? resource.type === type : isSelf || resource.op === "in";
}
