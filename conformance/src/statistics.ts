import type { AuthorizationAnswer } from "@cordon/cedar";
import { OPERATORS } from "./generate/text.js";
import type { World } from "./generate/world.js";

/** What a run of generated cases has met: it must be varied, or agreement means nothing. */
export class RunStatistics {
  cases = 0;
  allows = 0;
  denies = 0;
  failures = 0;
  /** Answers in which some policy erred. */
  withErrors = 0;
  readonly operators = new Map(Object.keys(OPERATORS).map((name) => [name, 0]));
  readonly faults = new Map<string, number>();
  readonly messages = new Map<string, number>();

  addWorld(world: World): void {
    const text = [...world.policies.staticPolicies, ...Object.values(world.policies.templates)].join("\n");
    for (const [name, pattern] of Object.entries(OPERATORS))
      if (pattern.test(text)) count(this.operators, name);
    if (world.fault) count(this.faults, world.fault.name);
  }

  addAnswer(answer: AuthorizationAnswer): void {
    this.cases += 1;
    if (answer.type === "failure") {
      this.failures += 1;
      return;
    }
    const { decision, diagnostics } = answer.response;
    if (decision === "allow") this.allows += 1;
    else this.denies += 1;
    if (diagnostics.errors.length > 0) this.withErrors += 1;
    for (const { error } of diagnostics.errors)
      count(this.messages, error.message.replaceAll(/`[^`]*`|\d+/g, "…"));
  }

  share(part: "allows" | "denies" | "failures" | "withErrors"): number {
    return this[part] / Math.max(this.cases, 1);
  }

  unseenOperators(): string[] {
    return [...this.operators].filter(([, times]) => times === 0).map(([name]) => name);
  }

  toString(): string {
    const percent = (part: Parameters<RunStatistics["share"]>[0]) =>
      `${(100 * this.share(part)).toFixed(1)} %`;
    return (
      `${this.cases} cases: ${percent("allows")} allowed, ${percent("denies")} denied, ` +
      `${percent("failures")} refused, ${percent("withErrors")} with errors`
    );
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
