import type { Answer } from "../answer.js";
import { authorize, type CandidateSource, Combination, scopeHolds } from "../authorize.js";
import type { Entities } from "../entities/types.js";
import { Frame } from "../frame.js";
import type { CompiledPolicy } from "../policy/compiled.js";
import type { Request } from "../request.js";
import { conditionsOf } from "./closures.js";
import { type Generate, type KnownSituation, type Path, type Prepared, Situations } from "./situations.js";

/** Decisions in one situation before code is generated for it: generating costs as much as some hundred of them. */
const WARMTH = 500;

/** Above so many policies, going through all of them for each new situation would be felt. */
const MOST_POLICIES = 10_000;

export interface PathOptions {
  /**
   * What evaluates: `auto` (the default) starts with closures and generates code for what is asked often, where that is
   * allowed. `generated` generates at once, `closures` never does; where code can't be generated, closures are used.
   * `reference` is the interpreter.
   */
  path?: "auto" | Path;
}

/** Where generated code may come from. */
export interface CodeSources {
  readonly generate?: Generate;
  readonly prepared?: readonly Prepared[];
}

/** Decides on one of the paths. All give the same answers. */
export class CompiledDecider {
  readonly #candidates: CandidateSource;
  readonly #path: "auto" | Path;
  readonly #situations: Situations | undefined;
  #last: KnownSituation | undefined;

  /** @param policies in the order of the set; undefined where only the candidates are to be asked */
  constructor(
    candidates: CandidateSource,
    policies: readonly CompiledPolicy[] | undefined,
    { path = "auto" }: PathOptions,
    { generate, prepared = [] }: CodeSources,
  ) {
    this.#candidates = candidates;
    this.#path = path;
    const warmth = path === "auto" ? WARMTH : 0;
    const code = { warmth, prepared, generate: path === "closures" ? undefined : generate };
    const isSmall = policies !== undefined && policies.length <= MOST_POLICIES;
    this.#situations = isSmall && path !== "reference" ? new Situations(policies, code) : undefined;
  }

  /** What the latest decision was made by. */
  get path(): Path {
    return this.#path === "reference" ? "reference" : (this.#last?.path ?? "closures");
  }

  decide(request: Request, entities: Entities): Answer {
    if (this.#path === "reference") return authorize(this.#candidates, request, entities);
    const frame = new Frame(request, entities);
    const combination = new Combination();
    const situation = this.#situations?.of(frame);
    this.#last = situation;
    if (situation !== undefined && situation.policies !== null) {
      situation.decide(frame, situation.policies, combination);
      return combination.answer();
    }
    for (const policy of this.#candidates(request, frame)) {
      if (scopeHolds(policy, frame)) combination.add(policy, conditionsOf(policy.body)(frame));
    }
    return combination.answer();
  }
}
