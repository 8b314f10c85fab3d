import type { Finding } from "../finding.js";
import type { LintedPolicy } from "../policy-lint.js";
import { type Comparable, implies } from "../rules/comparable.js";

/** A policy in its place among the others. */
export interface PlacedPolicy {
  readonly linted: LintedPolicy;
  readonly id: string;
  readonly file: string;
  /** Where its text starts in the file. */
  readonly offset: number;
}

/** A policy is compared with no more than this many others: beyond it, a project repeats itself in ways that one sees. */
const MOST_COMPARED = 200;

/** What policies do to each other; templates are left out, for what they say depends on their links. */
export class Overlap {
  readonly #implied = new WeakMap<Comparable, WeakMap<Comparable, boolean>>();

  /** @param policies in the project's order */
  findings(policies: readonly PlacedPolicy[]): Map<PlacedPolicy, Finding[]> {
    const found = new Map<PlacedPolicy, Finding[]>();
    const statics = policies.filter(({ linted }) => !linted.syntax.isTemplate);
    const duplicates = duplicatesOf(statics);
    for (const [policy, first] of duplicates) found.set(policy, [duplicate(policy, first)]);
    const order = new Map(statics.map((policy, index) => [policy, index]));
    const index = new NeedIndex(statics.filter((policy) => !duplicates.has(policy)));
    for (const policy of statics) {
      if (duplicates.has(policy)) continue;
      const finding = this.#overlapped(policy, index, order);
      if (finding !== undefined) found.set(policy, [finding]);
    }
    return found;
  }

  #overlapped(
    policy: PlacedPolicy,
    index: NeedIndex,
    order: ReadonlyMap<PlacedPolicy, number>,
  ): Finding | undefined {
    const own = policy.linted.comparable;
    if (own.reasoning.satisfiable.length === 0) return undefined;
    let compared = 0;
    for (const other of index.candidates(own)) {
      if (other === policy) continue;
      if (++compared > MOST_COMPARED) return undefined;
      const effects = [effectOf(policy), effectOf(other)];
      const isSame = effects[0] === effects[1];
      if (!isSame && effects[0] === "forbid") continue;
      if (isSame && ![...own.obligations].every((name) => other.linted.comparable.obligations.has(name)))
        continue;
      if (!this.#implies(own, other.linted.comparable)) continue;
      // Of two that imply each other the later one is superfluous.
      const isEarlier = (order.get(policy) ?? 0) < (order.get(other) ?? 0);
      if (isSame && isEarlier && this.#impliesBack(other, policy)) continue;
      return isSame ? shadowed(policy, other) : alwaysForbidden(policy, other);
    }
    return undefined;
  }

  #impliesBack(other: PlacedPolicy, policy: PlacedPolicy): boolean {
    const [from, to] = [other.linted.comparable, policy.linted.comparable];
    return [...from.obligations].every((name) => to.obligations.has(name)) && this.#implies(from, to);
  }

  #implies(narrow: Comparable, wide: Comparable): boolean {
    let known = this.#implied.get(narrow);
    if (known === undefined) {
      known = new WeakMap();
      this.#implied.set(narrow, known);
    }
    let result = known.get(wide);
    if (result === undefined) {
      result = implies(narrow, wide);
      known.set(wide, result);
    }
    return result;
  }
}

function effectOf({ linted }: PlacedPolicy): "permit" | "forbid" {
  return linted.syntax.policy.effect;
}

/** Each policy that says what an earlier one says, with the first that says it. */
function duplicatesOf(policies: readonly PlacedPolicy[]): Map<PlacedPolicy, PlacedPolicy> {
  const firsts = new Map<string, PlacedPolicy>();
  const duplicates = new Map<PlacedPolicy, PlacedPolicy>();
  for (const policy of policies) {
    const { signature, obligations } = policy.linted.comparable;
    const key = [signature, ...[...obligations].sort()].join("\n");
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, policy);
    else duplicates.set(policy, first);
  }
  return duplicates;
}

/** Policies by the rarest thing that must be known for them to apply, so that few have to be compared. */
class NeedIndex {
  readonly #byNeed = new Map<string, PlacedPolicy[]>();

  constructor(policies: readonly PlacedPolicy[]) {
    const counts = new Map<string, number>();
    for (const { linted } of policies) {
      for (const need of linted.comparable.needs) counts.set(need, (counts.get(need) ?? 0) + 1);
    }
    for (const policy of policies) {
      let rarest = "";
      let least = Number.POSITIVE_INFINITY;
      for (const need of policy.linted.comparable.needs) {
        const count = counts.get(need) ?? 0;
        if (count < least) [rarest, least] = [need, count];
      }
      const bucket = this.#byNeed.get(rarest);
      if (bucket === undefined) this.#byNeed.set(rarest, [policy]);
      else bucket.push(policy);
    }
  }

  /** The policies that may apply wherever `narrow` does. */
  *candidates(narrow: Comparable): Iterable<PlacedPolicy> {
    yield* this.#byNeed.get("") ?? [];
    for (const offer of narrow.offers) yield* this.#byNeed.get(offer) ?? [];
  }
}

function duplicate(policy: PlacedPolicy, first: PlacedPolicy): Finding {
  const { text, syntax } = policy.linted;
  return {
    code: "duplicate_policy",
    message: `this says the same as \`${first.id}\``,
    help: `remove one of the two; the other is in ${first.file}`,
    span: syntax.effect,
    ...(canBeRemoved(policy, first) ? { fix: [{ start: 0, end: text.length, text: "" }] } : {}),
  };
}

/** With it goes nothing that the first doesn't have: no name, no reason. */
function canBeRemoved(policy: PlacedPolicy, first: PlacedPolicy): boolean {
  const kept = new Set(first.linted.syntax.annotations.map(({ name, value }) => `${name}\n${value}`));
  return policy.linted.syntax.annotations.every(({ name, value }) => kept.has(`${name}\n${value}`));
}

function shadowed({ linted }: PlacedPolicy, wider: PlacedPolicy): Finding {
  return {
    code: "shadowed_policy",
    message: `this ${linted.syntax.policy.effect} changes nothing: wherever it applies, \`${wider.id}\` does`,
    help: `remove it, or narrow \`${wider.id}\` in ${wider.file}`,
    span: linted.syntax.effect,
  };
}

function alwaysForbidden({ linted }: PlacedPolicy, forbid: PlacedPolicy): Finding {
  return {
    code: "permit_always_forbidden",
    message: `this permits nothing: wherever it applies, \`${forbid.id}\` forbids`,
    help: `remove it, or narrow \`${forbid.id}\` in ${forbid.file}`,
    span: linted.syntax.effect,
  };
}
