import { type Change, isMembership, isSameFact, type ValueChange } from "./change.js";
import type { Facts } from "./facts.js";
import { type Node, nodeAt } from "./node.js";
import { clauseNode, type Step } from "./obligation.js";
import { placeOf } from "./place.js";
import type { Problem } from "./problem.js";
import { conditionText, named } from "./repair-comparison.js";

const SUCH_THAT = "must be such that";

/** Operators that join conditions, and are none themselves. */
const JOINING: ReadonlySet<string> = new Set(["!", "&&", "||", "if"]);

const PRESENCE: ReadonlySet<string> = new Set(["has", "hasTag"]);

/**
 * What a changed fact must be, in words: the requirements it was changed for, of those that count in the end,
 * since a search may take a step and then go another way; or else what the conditions that read it say.
 */
export class Requirements {
  readonly #roots = new Map<string, readonly Node[]>();
  readonly #facts: Facts;
  readonly #problem: Problem;
  readonly #steps: readonly Step[];

  /** @param facts those with all changes made */
  constructor(steps: readonly Step[], facts: Facts, problem: Problem) {
    this.#facts = facts;
    this.#problem = problem;
    const ids = new Set(steps.map(({ policyId }) => policyId));
    for (const policy of problem.only(ids).explain(facts.request, facts.entities).policies) {
      const target = problem.targets.get(policy.policyId);
      if (target === undefined) continue;
      const roots = policy.clauses.map((_, clause) => clauseNode(policy, target, clause));
      this.#roots.set(
        policy.policyId,
        roots.filter((root) => root !== undefined),
      );
    }
    this.#steps = steps.filter((step) => this.#counts(step));
  }

  of(change: Change): string[] {
    if (isMembership(change) || change.kind === "remove") return [];
    const aimed = this.#steps.filter(({ change: other }) => isSameFact(other, change));
    const musts = [...new Set(aimed.flatMap(({ must }) => (must === undefined ? [] : [must])))];
    const conditions = this.#conditionsOn(change);
    if (conditions.length === 0 && musts.length === 0)
      return change.from === undefined ? ["must be given"] : [];
    if (typeof change.to === "boolean") return musts;
    // A value that was only tried out has to please every condition that reads it.
    const isTried = musts.every((must) => must.startsWith(SUCH_THAT)) && conditions.length > musts.length;
    return isTried ? conditions : musts;
  }

  #counts({ policyId, clause, atom }: Step): boolean {
    if (atom === undefined || clause === undefined) return false;
    const root = this.#roots.get(policyId)?.[clause];
    return (
      root !== undefined && nodeAt(root, atom.trail)?.value === atom.want && !isPresence(root, atom.trail)
    );
  }

  /** The conditions that read just this fact and came out one way or the other. */
  #conditionsOn(change: ValueChange): string[] {
    const found = new Set<string>();
    for (const root of [...this.#roots.values()].flat()) {
      for (const node of conditionsIn(root)) {
        const [reader, ...others] = [...node.children, node].filter((part) => this.#reads(part, change));
        // A fact compared with itself is told nothing by that.
        if (others.length > 1) continue;
        if (reader === undefined || typeof node.value !== "boolean" || PRESENCE.has(node.operator)) continue;
        found.add(requirementOf(node, reader));
      }
    }
    return [...found];
  }

  #reads(node: Node, change: ValueChange): boolean {
    const place = placeOf(node, this.#facts, this.#problem.bundle.schema);
    if (place !== undefined && (node.operator === "." || node.operator === "getTag")) {
      const entity = place.holder === null ? null : place.holder.toString();
      if (isSameFact({ kind: "set", path: "", entity, tag: place.tag, at: place.at }, change)) return true;
    }
    return node.children.some((child) => this.#reads(child, change));
  }
}

function requirementOf(node: Node, reader: Node): string {
  const other = node.children.find((child) => child !== reader);
  const isDirect = reader.operator === "." || reader.operator === "getTag";
  if (node.operator === "==" && node.value === true && isDirect && other !== undefined) {
    return `must equal ${named(other)}`;
  }
  return `${SUCH_THAT} ${conditionText(node, node.value === true)}`;
}

function isPresence(root: Node, trail: readonly number[]): boolean {
  return PRESENCE.has(nodeAt(root, trail)?.operator ?? "");
}

function* conditionsIn(node: Node): Generator<Node> {
  if (!JOINING.has(node.operator)) yield node;
  else for (const child of node.children) yield* conditionsIn(child);
}
