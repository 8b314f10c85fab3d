import type { CodeLens } from "vscode-languageserver/node";
import { rangeOf } from "./convert.js";
import { type DecisionSource, describeDecisions, RecentDecisions } from "./recent-decisions.js";
import type { Session } from "./session.js";
import type { OpenFile } from "./sessions.js";

/** Over each policy: how many tests it decides, and what it decided last. */
export class CodeLenses {
  readonly #recent = new Map<Session, RecentDecisions>();

  async of({ session, document }: OpenFile, source: DecisionSource): Promise<CodeLens[]> {
    if (session.project.roleOf(document.path) !== "policy") return [];
    const recent = this.#recent.get(session) ?? new RecentDecisions(session.folder);
    this.#recent.set(session, recent);
    const decisions = await recent.byPolicy(source);
    const { tests } = session;
    return session.project.policiesOf(document).entries.flatMap(({ id, effect, effectSpan }) => {
      if (effect === null) return [];
      const range = rangeOf(document, effectSpan);
      const titles = [];
      if (tests !== null) titles.push(counted(tests[id] ?? 0));
      const decided = decisions.get(id);
      if (decided !== undefined) titles.push(describeDecisions(decided));
      // A title without a command is only shown.
      return titles.map((title) => ({ range, command: { title, command: "" } }));
    });
  }
}

function counted(tests: number): string {
  if (tests === 0) return "no test";
  return tests === 1 ? "1 test" : `${tests} tests`;
}
