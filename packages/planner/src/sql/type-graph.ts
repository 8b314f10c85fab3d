import type { ParentMapping } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import type { Query } from "./query.js";

/** Which types lead to the types of what is looked for, by the parents that the mappings name. */
export class TypeGraph {
  readonly #query: Query;
  readonly #sought: ReadonlySet<string>;

  constructor(query: Query, sought: ReadonlySet<string>) {
    this.#query = query;
    this.#sought = sought;
  }

  /** The parents through which something looked for may be reached. */
  parentsOf(type: string): readonly ParentMapping[] {
    return this.#parents(type).filter((parent) => this.#sought.has(parent.type) || this.#leads(parent.type));
  }

  /** The types that a type's ancestors may lead back to it through, itself included; undefined where they don't. */
  cycleOf(type: string): ReadonlySet<string> | undefined {
    const cycle = [...this.#reachable(type)].filter(
      (other) => other === type || this.#reachable(other).has(type),
    );
    return this.#reachable(type).has(type) && this.parentsOf(type).length > 0
      ? new Set([type, ...cycle])
      : undefined;
  }

  #leads(type: string): boolean {
    return [...this.#reachable(type)].some((other) => this.#sought.has(other));
  }

  /** The types above one, not counting itself unless it can be above itself. */
  #reachable(type: string): ReadonlySet<string> {
    const seen = new Set<string>();
    const queue = [type];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const parent of this.#parents(next)) {
        if (seen.has(parent.type)) continue;
        seen.add(parent.type);
        queue.push(parent.type);
      }
    }
    return seen;
  }

  #parents(type: string): readonly ParentMapping[] {
    const mapping = this.#query.mappingOf(type);
    if (mapping !== undefined) return mapping.parents;
    if (this.#query.isStatic(type)) return [];
    throw new PlanError("not_mapped", `nothing says what entities of type ${type} are below`, {
      help: `add \`${type}\` to the mapping`,
    });
  }
}
