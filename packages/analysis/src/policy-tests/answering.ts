import { type Bundle, type Explanation, RequestError } from "@cordon/engine";
import { buildSnapshot, evaluate, type Snapshot, withEntities } from "@cordon/pdp/pipeline";
import type { Answered, Question, TestSuite } from "./types.js";

export type Explained = Answered & { readonly explanation: Explanation | null };

/** Answers questions as the decision point does, by its own pipeline, with the clock that each question says. */
export class Answering {
  readonly #snapshot: Snapshot;

  /** @throws EngineError for policies that are malformed */
  constructor({ bundle, store }: Pick<TestSuite, "bundle" | "store"> & { bundle: Bundle }) {
    this.#snapshot = buildSnapshot(bundle, store);
  }

  answer(question: Question): Answered {
    return this.#evaluate(question, false);
  }

  explain(question: Question): Explained {
    return this.#evaluate(question, true);
  }

  #evaluate({ request, now, entities }: Question, explaining: boolean): Explained {
    const call = { now, caller: "cordon test", traceId: null, recording: false, explaining };
    try {
      return evaluate(withEntities(this.#snapshot, entities), request, call);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return { refused: error, explanation: null };
    }
  }
}
