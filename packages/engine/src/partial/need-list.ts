import type { EntityUid } from "../value/entity-uid.js";
import type { Missing } from "./not-known.js";
import type { Need } from "./types.js";

interface Entry {
  readonly missing: Missing;
  readonly certain: boolean;
}

interface OpenNeed {
  readonly uid: EntityUid;
  readonly attributes: Set<string>;
  readonly tags: Set<string>;
  ancestors: boolean;
  certain: boolean;
}

/** What the evaluation of one policy met and did not know, in the order met. */
export class MissingParts {
  readonly #entries: Entry[] = [];

  add(missing: Missing, certain: boolean): void {
    this.#entries.push({ missing, certain });
  }

  [Symbol.iterator](): Iterator<Entry> {
    return this.#entries.values();
  }
}

/** What several policies miss together: of each entity once, with all that is needed of it. */
export function gatherNeeds(policies: Iterable<MissingParts>): {
  needs: Need[];
  neededContext: Map<string, boolean>;
} {
  const byEntity = new Map<string, OpenNeed>();
  const neededContext = new Map<string, boolean>();
  for (const parts of policies) {
    for (const { missing, certain } of parts) {
      if (missing.kind === "variable") continue;
      if (missing.kind === "member") {
        neededContext.set(missing.name, certain || neededContext.get(missing.name) === true);
        continue;
      }
      const need = needOf(missing.uid, byEntity);
      if (missing.kind === "ancestors") need.ancestors = true;
      else need[missing.kind === "tag" ? "tags" : "attributes"].add(missing.name);
      need.certain ||= certain;
    }
  }
  return { needs: [...byEntity.values()], neededContext };
}

function needOf(uid: EntityUid, byEntity: Map<string, OpenNeed>): OpenNeed {
  let need = byEntity.get(uid.key);
  if (need === undefined) {
    need = { uid, attributes: new Set(), tags: new Set(), ancestors: false, certain: false };
    byEntity.set(uid.key, need);
  }
  return need;
}
