import type { Request } from "@cordon/engine";
import type { Change } from "./change.js";
import type { Suggestion } from "./counterfactual.js";

/**
 * Fewest changes first. Among those of a size, what is easiest to make so: the circumstances of the request,
 * then what is known of the two it is about, then of other entities, then memberships, and taking things away
 * after giving them.
 */
export function byRank(request: Pick<Request, "principal" | "resource">) {
  return (a: Suggestion, b: Suggestion): number =>
    a.changes.length - b.changes.length || weight(a, request) - weight(b, request);
}

function weight({ changes }: Suggestion, request: Pick<Request, "principal" | "resource">): number {
  return changes.reduce((sum, change) => sum + weightOf(change, request), 0);
}

function weightOf(change: Change, { principal, resource }: Pick<Request, "principal" | "resource">): number {
  switch (change.kind) {
    case "add_parent":
      return isOne(change.entity) ? 8 : 10;
    case "remove_parent":
      return isOne(change.entity) ? 9 : 11;
    default: {
      const removal = change.kind === "remove" ? 1 : 0;
      if (change.entity === null) return (change.at[0] === "now" ? 2 : 0) + removal;
      return (isOne(change.entity) ? 4 : 6) + removal;
    }
  }

  function isOne(entity: string): boolean {
    return entity === principal.toString() || entity === resource.toString();
  }
}
