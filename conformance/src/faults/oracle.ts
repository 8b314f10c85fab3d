import type { Histories } from "./histories.js";
import { DOC_AGE_MS, type FactName, type Facts, isAllowed, STALE_DOC_AGE_MS, teamOf } from "./world.js";

export interface Question {
  readonly user: number;
  readonly action: "read" | "write";
  readonly doc: number;
}

/** One answer over HTTP, and when it was asked and came. */
export interface Answered {
  readonly question: Question;
  readonly sentAt: number;
  readonly at: number;
  readonly allowed: boolean;
  readonly code: string;
  readonly message: string;
  /** Sources whose answers were marked as stale. */
  readonly stale: readonly string[];
}

/** How long a pushed change may be on its way while everything is well. */
const PUSH_MS = 1_000;

/**
 * Says which answers may be: a request is answered by the state of the data at any moment between its coming and its
 * answer, and before that for as long as the settings let answers be kept.
 */
export class Oracle {
  constructor(
    private readonly histories: Histories,
    /** Since when notices of changes arrive without a break; infinity while they don't. */
    private readonly pushedSince: () => number,
  ) {}

  /** What an answer may be, the two together where the data changed meanwhile. */
  possible({ question, sentAt, at, stale }: Omit<Answered, "allowed" | "code" | "message">): {
    allow: boolean;
    deny: boolean;
  } {
    const { user, action, doc } = question;
    const docsFrom = sentAt - (stale.includes("documents") ? STALE_DOC_AGE_MS : DOC_AGE_MS);
    const isPushed = this.pushedSince() <= sentAt - PUSH_MS;
    const teamsFrom = isPushed ? sentAt - PUSH_MS : Number.NEGATIVE_INFINITY;
    const values: Record<FactName, readonly Facts[FactName][]> = {
      level: this.histories.within("level", user, sentAt, at),
      active: this.histories.within("active", user, sentAt, at),
      editor: this.histories.within("editor", user, sentAt, at),
      frozen: this.histories.within("frozen", teamOf(user), teamsFrom, at),
      owner: this.histories.within("owner", doc, docsFrom, at),
      minLevel: this.histories.within("minLevel", doc, docsFrom, at),
      locked: this.histories.within("locked", doc, docsFrom, at),
    };
    const seen = { allow: false, deny: false };
    for (const facts of combinations(values))
      seen[isAllowed(`u${user}`, action, facts) ? "allow" : "deny"] = true;
    return seen;
  }
}

function combinations(values: Record<FactName, readonly Facts[FactName][]>): Facts[] {
  let found: Record<string, Facts[FactName]>[] = [{}];
  for (const [name, each] of Object.entries(values)) {
    found = found.flatMap((facts) => each.map((value) => ({ ...facts, [name]: value })));
  }
  return found as unknown as Facts[];
}
