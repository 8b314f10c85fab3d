import {
  type EntityUid,
  type Need,
  type PartialEntities,
  type PartialEntity,
  type PartialRequest,
  UNKNOWN,
  type UnknownEntity,
} from "../../index.js";
import type { Dice } from "./dice.js";
import type { Truth } from "./truth.js";

/** What is hidden of one entity. */
export class HiddenEntity {
  /** All but the shown ones, or only those named. */
  readonly #attributes: Names;
  readonly #tags: Names;
  ancestors: boolean;

  constructor(attributes: Names, tags: Names, ancestors: boolean) {
    this.#attributes = attributes;
    this.#tags = tags;
    this.ancestors = ancestors;
  }

  /** Whether nothing is known of it, not even whether it exists. */
  get hidesAll(): boolean {
    return this.#attributes.isAll && this.#tags.isAll && this.ancestors;
  }

  attribute(name: string): boolean {
    return this.#attributes.has(name);
  }

  tag(name: string): boolean {
    return this.#tags.has(name);
  }

  /** @returns whether anything asked for was hidden */
  show(need: Need): boolean {
    let shown = false;
    for (const name of need.attributes) shown = this.#attributes.remove(name) || shown;
    for (const name of need.tags) shown = this.#tags.remove(name) || shown;
    if (need.ancestors && this.ancestors) {
      this.ancestors = false;
      shown = true;
    }
    return shown;
  }
}

/** A set of names, or all but some. */
export class Names {
  readonly #named: Set<string>;
  readonly #others: boolean;
  #whole: boolean;

  private constructor(named: Iterable<string>, others: boolean) {
    this.#named = new Set(named);
    this.#others = others;
    this.#whole = others;
  }

  static all(): Names {
    return new Names([], true);
  }

  static of(names: Iterable<string>): Names {
    return new Names(names, false);
  }

  get isAll(): boolean {
    return this.#whole;
  }

  /** Whether it has all but some. */
  get isOpen(): boolean {
    return this.#others;
  }

  get listed(): ReadonlySet<string> {
    return this.#named;
  }

  has(name: string): boolean {
    return this.#named.has(name) !== this.#others;
  }

  /** @returns whether it was in it */
  remove(name: string): boolean {
    if (!this.has(name)) return false;
    if (this.#others) this.#named.add(name);
    else this.#named.delete(name);
    this.#whole = false;
    return true;
  }
}

type Part = "principal" | "action" | "resource";

/** What is hidden of a truth. */
export class Hidden {
  readonly names = new Map<Part, UnknownEntity>();
  readonly entities = new Map<string, { uid: EntityUid; parts: HiddenEntity }>();
  members: Names;

  constructor(truth: Truth, uids: readonly EntityUid[], names: readonly string[], dice: Dice) {
    const { request } = truth;
    const chances: readonly (readonly [Part, number])[] = [
      ["resource", 0.35],
      ["principal", 0.15],
      ["action", 0.05],
    ];
    for (const [part, chance] of chances) {
      if (!dice.chance(chance)) continue;
      this.names.set(part, { unknown: true, ...(dice.chance(0.3) ? {} : { type: request[part].type }) });
    }
    this.members = dice.chance(0.1) ? Names.all() : Names.of(dice.some(names, 0.35));
    for (const uid of uids) {
      if (!dice.chance(0.5)) continue;
      const parts = dice.chance(0.4)
        ? new HiddenEntity(Names.all(), Names.all(), true)
        : new HiddenEntity(
            Names.of(dice.some(names, 0.4)),
            dice.chance(0.4) ? Names.all() : Names.of([]),
            dice.chance(0.4),
          );
      this.entities.set(uid.key, { uid, parts });
    }
  }

  hidesMember(name: string): boolean {
    return this.members.has(name);
  }

  /** @returns whether anything asked for was hidden */
  show(needs: readonly Need[], members: Iterable<string>): boolean {
    let shown = false;
    for (const need of needs) shown = this.entities.get(need.uid.key)?.parts.show(need) || shown;
    for (const name of members) shown = this.members.remove(name) || shown;
    return shown;
  }

  requestOf({ request }: Truth): PartialRequest {
    const part = (name: Part): EntityUid | UnknownEntity => this.names.get(name) ?? request[name];
    const { context } = request;
    const names = new Set([...context.keys(), ...this.members.listed]);
    const known = [...names]
      .filter((name) => !this.hidesMember(name))
      .map((name) => [name, context.get(name)] as const);
    const unknown = this.members.isOpen ? "all" : this.members.listed;
    return {
      principal: part("principal"),
      action: part("action"),
      resource: part("resource"),
      context: { known: new Map(known), unknown },
    };
  }

  entitiesOf({ entities }: Truth): PartialEntities {
    return {
      get: (uid) => {
        const parts = this.entities.get(uid.key)?.parts;
        if (parts === undefined) return entities.get(uid);
        const entity = entities.get(uid);
        return {
          partial: true,
          uid,
          attribute: (name) => (parts.attribute(name) ? UNKNOWN : entity?.attrs.get(name)),
          tag: (name) => (parts.tag(name) ? UNKNOWN : entity?.tags.get(name)),
          isIn: (other) => (parts.ancestors ? UNKNOWN : (entity?.isIn(other) ?? false)),
          ancestors: () => (parts.ancestors ? UNKNOWN : (entity?.ancestors() ?? [])),
        } satisfies PartialEntity;
      },
    };
  }
}
