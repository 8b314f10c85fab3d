import type { Answer } from "../answer.js";
import { type authorize, type CandidateSource, Combination } from "../authorize.js";
import type { Entities } from "../entities/types.js";
import type { Outcome } from "../environment.js";
import { Frame } from "../frame.js";
import type { CompiledPolicy, PolicyBody } from "../policy/compiled.js";
import type { Request } from "../request.js";
import { conditionsOf } from "./closures.js";
import type { KnownSituation, Path, Situations } from "./situations.js";

export interface PathOptions {
  /**
   * What evaluates: `auto` (the default) starts with closures and generates code for what is asked often, where that is
   * allowed. `generated` generates at once, `closures` never does; `reference` is the interpreter. Where a path can't be
   * had, it is closures.
   */
  path?: "auto" | Path;
}

/** What there is besides closures; a bundler leaves out what isn't given. */
export interface Evaluators {
  readonly reference?: typeof authorize;
  /** @param policies in the order of the set */
  readonly situations?: (policies: () => readonly CompiledPolicy[], path: "auto" | Path) => Situations;
}

/** Decides on one of the paths. All give the same answers. */
export class CompiledDecider {
  readonly #candidates: CandidateSource;
  readonly #reference: typeof authorize | undefined;
  readonly #situations: Situations | undefined;
  #last: KnownSituation | undefined;

  constructor(
    candidates: CandidateSource,
    reference: typeof authorize | undefined,
    situations: Situations | undefined,
  ) {
    this.#candidates = candidates;
    this.#reference = reference;
    this.#situations = situations;
  }

  /** What the latest decision was made by. */
  get path(): Path {
    return this.#reference !== undefined ? "reference" : (this.#last?.path ?? "closures");
  }

  decide(request: Request, entities: Entities): Answer {
    if (this.#reference !== undefined) return this.#reference(this.#candidates, request, entities);
    const frame = new Frame(request, entities);
    const combination = new Combination();
    const situation = this.#situations?.of(frame);
    this.#last = situation;
    if (situation !== undefined && situation.policies !== null) {
      situation.decide(frame, situation.policies, combination);
      return combination.answer();
    }
    let body: PolicyBody | undefined;
    let outcome: Outcome = "not_satisfied";
    for (const policy of this.#candidates(request, frame)) {
      // What the links of a template ask is the same for all of them: slots are only in scopes.
      if (policy.body !== body) {
        body = policy.body;
        outcome = conditionsOf(body)(frame);
      }
      combination.add(policy, outcome);
    }
    return combination.answer();
  }
}
