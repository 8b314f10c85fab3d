import { type FactName, type Facts, firstValue } from "./world.js";

/** A value a fact had or may have had. Times are of this process's clock, in milliseconds. */
interface Version {
  readonly value: Facts[FactName];
  /** When its change was sent: before, it wasn't so. */
  readonly sentAt: number;
  /** When it was acknowledged: from then on it was so, until the next. */
  acknowledgedAt: number;
}

/** What each fact has been: the oracle's memory. One change of a fact is under way at a time. */
export class Histories {
  readonly #versions = new Map<string, Version[]>();

  /** How often a fact was changed. */
  changes = 0;

  latest(fact: FactName, n: number): Facts[FactName] {
    return this.#of(fact, n).at(-1)?.value ?? firstValue(fact, n);
  }

  begin(fact: FactName, n: number, value: Facts[FactName], now: number): () => void {
    const version: Version = { value, sentAt: now, acknowledgedAt: Number.POSITIVE_INFINITY };
    this.#of(fact, n).push(version);
    this.changes++;
    return () => {
      version.acknowledgedAt = performance.now();
    };
  }

  /** Values that the fact may have had at some moment of a time. */
  within(fact: FactName, n: number, from: number, to: number): Facts[FactName][] {
    const versions = this.#of(fact, n);
    const found = new Set<Facts[FactName]>();
    for (const [index, { value, sentAt }] of versions.entries()) {
      const endedAt = versions[index + 1]?.acknowledgedAt ?? Number.POSITIVE_INFINITY;
      if (sentAt <= to && endedAt >= from) found.add(value);
    }
    return [...found];
  }

  /** Forgets what was over before a moment. */
  forget(before: number): void {
    for (const versions of this.#versions.values()) {
      while ((versions[1]?.acknowledgedAt ?? Number.POSITIVE_INFINITY) < before) versions.shift();
    }
  }

  #of(fact: FactName, n: number): Version[] {
    const key = `${fact} ${n}`;
    let versions = this.#versions.get(key);
    if (versions === undefined) {
      versions = [
        {
          value: firstValue(fact, n),
          sentAt: Number.NEGATIVE_INFINITY,
          acknowledgedAt: Number.NEGATIVE_INFINITY,
        },
      ];
      this.#versions.set(key, versions);
    }
    return versions;
  }
}
