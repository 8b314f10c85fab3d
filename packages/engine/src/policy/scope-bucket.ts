import type { CompiledPolicy } from "./compiled.js";
import { Level } from "./scope-level.js";
import type { OpenSeeker, ScopeNames, Seeker } from "./scope-names.js";

/** Up to this many policies, going through them is quicker than looking up those whose resource matches. */
const SCAN_LIMIT = 12;

const NONE: readonly CompiledPolicy[] = [];

/** Policies that have the constraints on action and principal in common; by resource once they are many. */
export class Bucket {
  readonly #names: ScopeNames;
  /** About any resource: found without being looked at, which with thousands of policies means out of memory. */
  #always: CompiledPolicy[] | undefined;
  #few: CompiledPolicy[] = [];
  #many: Level<CompiledPolicy[]> | undefined;

  constructor(names: ScopeNames) {
    this.#names = names;
  }

  add(policy: CompiledPolicy): void {
    if (policy.scope.resource.op === "any") {
      this.#always ??= [];
      this.#always.push(policy);
      return;
    }
    if (this.#many === undefined && this.#few.length < SCAN_LIMIT) {
      this.#few.push(policy);
      return;
    }
    this.#many ??= new Level(this.#names);
    for (const each of [...this.#few, policy]) this.#many.getOrAdd(each.scope.resource, () => []).push(each);
    this.#few = [];
  }

  delete(policy: CompiledPolicy): void {
    const { resource } = policy.scope;
    const row =
      resource.op === "any" ? this.#always : (this.#many?.getOrAdd(resource, () => []) ?? this.#few);
    const index = row?.indexOf(policy) ?? -1;
    if (index >= 0) row?.splice(index, 1);
  }

  /** The policies about any resource. */
  get always(): readonly CompiledPolicy[] {
    return this.#always ?? NONE;
  }

  /** Policies about some resource, few enough to be gone through. */
  get few(): readonly CompiledPolicy[] {
    return this.#few;
  }

  /** Adds those of the other policies whose constraint on the resource holds. */
  find(seeker: Seeker, found: CompiledPolicy[]): void {
    const rows: CompiledPolicy[][] = [];
    this.#many?.find(seeker, rows);
    for (const row of rows) for (const policy of row) found.push(policy);
  }

  /** Adds all that may apply to a resource of which not everything is known. */
  findPossible(resource: OpenSeeker, found: CompiledPolicy[]): void {
    const rows: CompiledPolicy[][] = [this.#always ?? [], this.#few];
    this.#many?.findPossible(resource, rows);
    for (const row of rows) for (const policy of row) found.push(policy);
  }

  /** Whether there are others. */
  get hasMany(): boolean {
    return this.#many !== undefined;
  }
}
