import { uidKey } from "../reasoning/forms.js";
import type { Examined } from "./reach.js";

/** What of a schema one policy has a use for. */
export interface Uses {
  readonly types: ReadonlySet<string>;
  /** As uid texts. */
  readonly entities: ReadonlySet<string>;
  /** The actions that it can permit, as uid texts. */
  readonly permits: ReadonlySet<string>;
  /** `Type.attribute` of each. */
  readonly attributes: ReadonlySet<string>;
  /** Names read of something whose type isn't known: used, whosever they are. */
  readonly attributeNames: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

export function usesOf({ syntax, reasoning }: Examined): Uses {
  const types = new Set<string>();
  const entities = new Set<string>();
  const attributeNames = new Set<string>();
  const understood = new Set([...reasoning.understood].map((expr) => syntax.spans.get(expr)?.end));
  for (const mention of syntax.mentions) {
    if (mention.kind === "entity-type") types.add(mention.name);
    else if (mention.kind === "entity") {
      types.add(mention.type);
      entities.add(uidKey(mention));
    } else if (!reasoning.isComplete || !understood.has(mention.span.end)) attributeNames.add(mention.name);
  }
  const canPermit = syntax.policy.effect === "permit" && reasoning.satisfiable.length > 0;
  return {
    types,
    entities,
    permits: canPermit ? (reasoning.actions ?? NOTHING) : NOTHING,
    attributes: reasoning.reads,
    attributeNames,
  };
}
