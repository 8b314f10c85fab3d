import type { LiveSource, SourceSet, Wanted } from "../sources/index.js";

/**
 * What is asked of sources: of each entity type they know, the attributes that some policy mentions. Which of those
 * a request needs changes with each; to ask for the same ones always is what lets requests share answers.
 */
export class Relevance {
  readonly #attributeNames: ReadonlySet<string>;
  readonly #wanted = new Map<LiveSource, Map<string, readonly Wanted[]>>();

  constructor(
    readonly sources: SourceSet,
    attributeNames: ReadonlySet<string>,
  ) {
    this.#attributeNames = attributeNames;
  }

  isMentioned(attribute: string): boolean {
    return this.#attributeNames.has(attribute);
  }

  wanted(source: LiveSource, type: string, parents: boolean, tags: boolean): Wanted {
    let types = this.#wanted.get(source);
    if (types === undefined) {
      types = new Map();
      this.#wanted.set(source, types);
    }
    let variants = types.get(type);
    if (variants === undefined) {
      const attributes = new Set<string>();
      for (const name of source.provides.get(type)?.attributes ?? []) {
        if (this.#attributeNames.has(name)) attributes.add(name);
      }
      variants = [0, 1, 2, 3].map((bits) => ({
        attributes,
        parents: (bits & 1) !== 0,
        tags: (bits & 2) !== 0,
      }));
      types.set(type, variants);
    }
    return variants[(parents ? 1 : 0) + (tags ? 2 : 0)] as Wanted;
  }
}
