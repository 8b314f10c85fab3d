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

  get isEmpty(): boolean {
    return this.#few.length + (this.#always?.length ?? 0) === 0 && (this.#many?.isEmpty ?? true);
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
    for (const each of [...this.#few, policy]) this.#addTo(this.#many, each);
    this.#few = [];
  }

  delete(policy: CompiledPolicy): void {
    const isAlways = policy.scope.resource.op === "any" && this.#always !== undefined;
    const row = isAlways ? this.#always : (this.#many?.get(policy.scope.resource) ?? this.#few);
    if (row === undefined) return;
    const index = row.indexOf(policy);
    if (index >= 0) row.splice(index, 1);
    if (row.length === 0) this.#many?.delete(policy.scope.resource);
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

  #addTo(level: Level<CompiledPolicy[]>, policy: CompiledPolicy): void {
    const row = level.get(policy.scope.resource);
    if (row === undefined) level.add(policy.scope.resource, [policy]);
    else row.push(policy);
  }
}
