import {
  type Authorizer,
  childrenOf,
  type EntityUid,
  type Expr,
  type PartialEntity,
  UNKNOWN,
} from "@cordon/engine";

/** Without a schema callers make up types and actions; this many are remembered. */
const MOST_SHAPES = 1_000;

/**
 * Which kinds of requests, by action and types, no policy needs anything of any entity for: those are answered as if
 * there were no sources. Found out once a kind, by what is left of the policies when nothing but the types is known.
 */
export class Shapes {
  readonly #needy = new Map<string, boolean>();

  constructor(private readonly authorizer: Authorizer) {}

  needsEntities(principal: EntityUid, action: EntityUid, resource: EntityUid): boolean {
    const key = `${principal.type}\0${resource.type}\0${action.key}`;
    let needy = this.#needy.get(key);
    if (needy === undefined) {
      needy = this.#look(principal.type, action, resource.type);
      if (this.#needy.size < MOST_SHAPES) this.#needy.set(key, needy);
    }
    return needy;
  }

  #look(principal: string, action: EntityUid, resource: string): boolean {
    const request = {
      principal: { unknown: true as const, type: principal },
      action,
      resource: { unknown: true as const, type: resource },
      context: { known: new Map(), unknown: "all" as const },
    };
    // Entities that policies name are as unknown as the others: what asks for one is left.
    const { residuals } = this.authorizer.partial(request, { get: unknownEntity });
    return residuals.some(({ condition }) => asksForEntities(condition));
  }
}

function unknownEntity(uid: EntityUid): PartialEntity {
  const unknown = (): typeof UNKNOWN => UNKNOWN;
  return { partial: true, uid, attribute: unknown, tag: unknown, isIn: unknown, ancestors: unknown };
}

function asksForEntities(expr: Expr): boolean {
  switch (expr.kind) {
    case "attribute":
    case "has": {
      // A member of the context may name an entity, of which more is asked than the context holds.
      const { operand } = expr;
      const isMember = operand.kind === "variable" && operand.name === "context";
      return !isMember || (expr.kind === "has" && expr.path.length > 1);
    }
    case "binary":
      if (expr.operator === "in" || expr.operator === "hasTag" || expr.operator === "getTag") return true;
      break;
    case "is":
      if (expr.in !== undefined) return true;
  }
  return childrenOf(expr).some(asksForEntities);
}
