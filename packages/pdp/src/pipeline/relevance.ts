import type { LiveSource, SourceSet, TypeRoute, Wanted } from "../sources/index.js";

/**
 * What is asked of sources: of each entity type they know, the attributes that some policy mentions. Which of those
 * a request needs changes with each; to ask for the same ones always is what lets requests share answers.
 */
export class Relevance {
  readonly #attributeNames: ReadonlySet<string>;
  readonly #wanted = new Map<LiveSource, Map<string, readonly Wanted[]>>();

  readonly #mentioned = new Map<string, readonly string[]>();
  readonly #parentOwners = new Map<string, Map<LiveSource, string[]>>();
  /** Members of the context that sources own. */
  readonly members: ReadonlySet<string>;

  constructor(
    readonly sources: SourceSet,
    attributeNames: ReadonlySet<string>,
  ) {
    this.members = new Set(sources.members.keys());
    this.#attributeNames = attributeNames;
  }

  /** Who owns parents of entities of a type, and parents of which types. */
  parentOwners(type: string): ReadonlyMap<LiveSource, readonly string[]> {
    let owners = this.#parentOwners.get(type);
    if (owners === undefined) {
      owners = new Map();
      for (const [parent, source] of this.sources.routes.get(type)?.parents ?? []) {
        owners.set(source, [...(owners.get(source) ?? []), parent]);
      }
      this.#parentOwners.set(type, owners);
    }
    return owners;
  }

  /** Attributes of a type that sources own and policies mention. */
  mentioned(type: string, { attributes }: TypeRoute): readonly string[] {
    let names = this.#mentioned.get(type);
    if (names === undefined) {
      names = [...attributes.keys()].filter((name) => this.#attributeNames.has(name));
      this.#mentioned.set(type, names);
    }
    return names;
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
