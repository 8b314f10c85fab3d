/**
 * A finite supply of decisions for a generator. Whatever takes from it terminates and gets simpler as the
 * supply shrinks: when it is used up every decision is the first alternative, and generators put the plainest
 * first. So a property over plain lists of numbers shrinks whole worlds, with no shrinker of their own.
 */
export class Choices {
  readonly #supply: readonly number[];
  #at = 0;

  /** @param supply numbers from 0 to `CHOICE_LIMIT` - 1 */
  constructor(supply: readonly number[]) {
    this.#supply = supply;
  }

  /** From here on every decision is the first alternative. */
  get isUsedUp(): boolean {
    return this.#at >= this.#supply.length;
  }

  /** A number below `limit`. */
  below(limit: number): number {
    return Math.floor((this.#take() * limit) / CHOICE_LIMIT);
  }

  /** True with the given probability; false once the supply is used up. */
  chance(probability: number): boolean {
    return this.#take() >= CHOICE_LIMIT * (1 - probability);
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError("there is nothing to pick from");
    return item;
  }

  /** Each item with the given probability. */
  some<Item>(items: readonly Item[], probability: number): Item[] {
    return items.filter(() => this.chance(probability));
  }

  /** A list of `least` to `most` items. */
  list<Item>(least: number, most: number, make: (index: number) => Item): Item[] {
    return Array.from({ length: least + this.below(most - least + 1) }, (_, index) => make(index));
  }

  #take(): number {
    const value = this.#supply[this.#at] ?? 0;
    this.#at += 1;
    return value;
  }
}

export const CHOICE_LIMIT = 65_536;
