import type { CompiledPolicy } from "./compiled.js";
import { byResource, type Level, uidOf } from "./scope-level.js";
import type { ScopeNames } from "./scope-names.js";

/** Up to this many policies, going through them is quicker than looking up those whose resource matches. */
const SCAN_LIMIT = 12;

/** Policies that have the constraints on action and principal in common; by resource once they are many. */
export class Bucket {
  /** About any resource. */
  readonly always: CompiledPolicy[] = [];
  /** About some resource, few enough to be gone through. */
  few: CompiledPolicy[] = [];
  /** About some resource, unless they are few. */
  many: Level<CompiledPolicy[]> | undefined;

  add(policy: CompiledPolicy, names: ScopeNames): void {
    const { resource } = policy.scope;
    if (resource.op === "any") this.always.push(policy);
    else if (this.many !== undefined) this.many.getOrAdd(resource, () => []).push(policy);
    else {
      // Whoever is under it is to know.
      const uid = uidOf(resource);
      if (uid !== undefined) names.nameOf(uid);
      // A copy is as long as it must be: with thousands of policies, most buckets hold one.
      this.few = [...this.few, policy];
      if (this.few.length <= SCAN_LIMIT) return;
      this.many = byResource(this.few, names);
      this.few = [];
    }
  }

  delete(policy: CompiledPolicy): void {
    const { resource } = policy.scope;
    const others = this.many?.getOrAdd(resource, () => []) ?? this.few;
    const row = resource.op === "any" ? this.always : others;
    const index = row.indexOf(policy);
    if (index >= 0) row.splice(index, 1);
  }
}
