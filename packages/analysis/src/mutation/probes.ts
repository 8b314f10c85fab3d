import type { Bundle } from "@cordon/engine";
import { Answering, judge, markOf, type Question, type TestSuite } from "../policy-tests/index.js";
import type { MutationKind } from "./mutant.js";

/** A question and what its answer must be for the tests to pass. */
interface Probe {
  readonly question: Question;
  passes(answering: Answering): boolean;
}

/** Changes of a scope can reach questions that the policy had nothing to do with. */
const SCOPE_KINDS: ReadonlySet<MutationKind> = new Set(["scope_widened", "scope_narrowed"]);

/**
 * The questions of a suite's tests, and which policies matter to which. A policy that never applies or fails in
 * any of them has no say in any answer, and one whose scope doesn't fit a question has none in that: so a change
 * need be tried on a part of the policies and a part of the questions only, with the same result.
 */
export class Probes {
  readonly #all: readonly Probe[];
  /** By id of the policy, or of the template of a linked one: where its scope fits. */
  readonly #reached = new Map<string, Probe[]>();
  readonly #active = new Set<string>();
  readonly #templateOf: ReadonlyMap<string, string>;

  constructor(suite: TestSuite) {
    this.#templateOf = new Map(
      suite.bundle.policies.templateLinks.map(({ newId, templateId }) => [newId, templateId]),
    );
    const answering = new Answering(suite);
    this.#all = probesOf(suite, answering);
    for (const probe of this.#all) this.#learn(probe, answering);
  }

  #learn(probe: Probe, answering: Answering): void {
    for (const { policyId, outcome, scope } of answering.explain(probe.question).explanation?.policies ??
      []) {
      const id = this.#templateOf.get(policyId) ?? policyId;
      if (outcome !== "not_satisfied") this.#active.add(id);
      if (!scope.every(({ holds }) => holds)) continue;
      const reached = this.#reached.get(id);
      if (reached === undefined) this.#reached.set(id, [probe]);
      else if (reached.at(-1) !== probe) reached.push(probe);
    }
  }

  /** The policies that can matter where one of them changes. */
  relevantTo(bundle: Bundle, policyId: string): Bundle {
    const { staticPolicies, templates, templateLinks } = bundle.policies;
    const matters = (id: string) => id === policyId || this.#active.has(id);
    const pick = <T>(from: Record<string, T>) =>
      Object.fromEntries(Object.entries(from).filter(([id]) => matters(id)));
    return {
      ...bundle,
      policies: {
        staticPolicies: pick(staticPolicies),
        templates: pick(templates),
        templateLinks: templateLinks.filter(({ templateId }) => matters(templateId)),
      },
    };
  }

  /** Whether any test fails by these answers. */
  notice(answering: Answering, policyId: string, kind: MutationKind): boolean {
    const reached = this.#reached.get(policyId) ?? [];
    if (reached.some((probe) => !probe.passes(answering))) return true;
    return SCOPE_KINDS.has(kind) && this.#all.some((probe) => !probe.passes(answering));
  }
}

function probesOf({ files }: TestSuite, baseline: Answering): Probe[] {
  return files.flatMap(({ cases, matrices }) => [
    ...cases.map(
      (test): Probe => ({
        question: test,
        passes: (answering) => judge(test.expected, answering.answer(test)).length === 0,
      }),
    ),
    // A matrix that is only drawn fails for nothing.
    ...matrices
      .filter(({ snapshot }) => snapshot !== null)
      .flatMap(({ cells }) =>
        cells.map((cell): Probe => {
          const mark = markOf(baseline.answer(cell));
          return { question: cell, passes: (answering) => markOf(answering.answer(cell)) === mark };
        }),
      ),
  ]);
}
