import {
  type Answer,
  type Authorizer,
  CedarRecord,
  type Entities,
  EntityUid,
  type Explanation,
  type PartialEntities,
  type PartialOptions,
  type PartialRequest,
  type PolicyChanges,
  type PolicyExplanation,
  type Request,
  type Residual,
  type ResolvedSchema,
  type Value,
} from "@cordon/engine";

/** An answer for a principal and for whoever acts for it. */
export interface JointAnswer extends Answer {
  /** Who acts for the principal, where they are denied. */
  readonly deniedFor?: EntityUid;
}

/**
 * The right of a principal and of whoever acts for it, a service or an agent, at once: what either alone may not do,
 * both together may not. Policies are written as if there were no actors; nobody's rights grow by acting for
 * somebody, and no policy has to remember to look.
 *
 * Standing where an authorizer does, it holds for decisions, for what is fetched for them, for plans, explanations
 * and replays alike.
 */
export class TwoIdentities implements Authorizer {
  readonly attributeNames: ReadonlySet<string>;

  constructor(
    private readonly single: Authorizer,
    /** The member of the context that is the actor. */
    private readonly member: string,
    private readonly schema: ResolvedSchema | null,
  ) {
    // Sources are asked for what some policy mentions; this is as good as mentioned by each.
    this.attributeNames = new Set([...single.attributeNames, member]);
  }

  get bundleId() {
    return this.single.bundleId;
  }

  get path() {
    return this.single.path;
  }

  isAuthorized(request: Request, entities: Entities): JointAnswer {
    const first = this.single.isAuthorized(request, entities);
    const actor = request.context.get(this.member);
    if (actor === undefined) return first;
    return join(first, this.#forActor(request, actor, entities), actor);
  }

  isAuthorizedMany(requests: Iterable<Request>, entities: Entities): Answer[] {
    return [...requests].map((request) => this.isAuthorized(request, entities));
  }

  /** Of the principal, and first of all the actor's policies that determine what the decision is. */
  explain(request: Request, entities: Entities): Explanation {
    const first = this.single.explain(request, entities);
    const actor = request.context.get(this.member);
    if (actor === undefined) return first;
    if (!this.#fits(actor, request.action)) return { ...first, decision: "deny" };
    const second = this.single.explain({ ...request, principal: actor }, entities);
    if (second.decision === "deny" && first.decision === "allow") return second;
    if (second.decision !== first.decision) return first;
    const shown = new Set(first.policies.filter(isDetermining).map(({ policyId }) => policyId));
    const more = second.policies.filter((policy) => isDetermining(policy) && !shown.has(policy.policyId));
    const added = new Set(more.map(({ policyId }) => policyId));
    const rest = first.policies.filter(({ policyId }) => !added.has(policyId));
    return { decision: first.decision, policies: [...more, ...rest] };
  }

  partial(request: PartialRequest, entities: PartialEntities, options?: PartialOptions): Residual {
    const first = this.single.partial(request, entities, options);
    const { known, unknown } = request.context;
    const actor = known.get(this.member);
    if (actor === undefined) {
      const isOpen = !known.has(this.member) && (unknown === "all" || unknown.has(this.member));
      return isOpen && first.decision !== "deny" ? openActor(first, this.member) : first;
    }
    if (!(actor instanceof EntityUid)) return denied(first);
    const { action } = request;
    if (action instanceof EntityUid && !this.#fits(actor, action)) return denied(first);
    return joinResiduals(first, this.single.partial({ ...request, principal: actor }, entities, options));
  }

  with(changes: PolicyChanges): Authorizer {
    return new TwoIdentities(this.single.with(changes), this.member, this.schema);
  }

  policy(id: string) {
    return this.single.policy(id);
  }

  policies() {
    return this.single.policies();
  }

  #forActor(request: Request, actor: Value, entities: Entities): Answer {
    if (!this.#fits(actor, request.action)) return NO;
    return this.single.isAuthorized({ ...request, principal: actor }, entities);
  }

  /** Whether an actor can be a principal of an action at all. */
  #fits(actor: Value, action: EntityUid): actor is EntityUid {
    if (!(actor instanceof EntityUid)) return false;
    if (this.schema === null) return true;
    return this.schema.actions[action.toString()]?.principalTypes.includes(actor.type) === true;
  }
}

const NO: Answer = { decision: "deny", reason: [], errors: [] };

/** Of a deny, why either is denied; of an allow, why both are allowed. */
function join(first: Answer, second: Answer, actor: Value): JointAnswer {
  const decision = first.decision === "allow" ? second.decision : "deny";
  const sides = [first, second].filter((answer) => answer.decision === decision);
  const errors = [...first.errors];
  for (const error of second.errors) {
    if (!errors.some(({ policyId }) => policyId === error.policyId)) errors.push(error);
  }
  const joint = { decision, reason: [...new Set(sides.flatMap(({ reason }) => reason))], errors };
  return second.decision === "deny" && actor instanceof EntityUid ? { ...joint, deniedFor: actor } : joint;
}

function isDetermining({ determining }: PolicyExplanation): boolean {
  return determining;
}

function joinResiduals(first: Residual, second: Residual): Residual {
  const isDenied = first.decision === "deny" || second.decision === "deny";
  const isAllowed = first.decision === "allow" && second.decision === "allow";
  const isOpen = !isDenied && !isAllowed;
  const neededContext = new Map(isOpen ? first.neededContext : []);
  if (isOpen) {
    for (const [name, certain] of second.neededContext) {
      neededContext.set(name, certain || neededContext.get(name) === true);
    }
  }
  return {
    decision: isDenied ? "deny" : isAllowed ? "allow" : "undecided",
    answer: join(first.answer, second.answer, CedarRecord.EMPTY),
    residuals: [...first.residuals, ...second.residuals],
    needs: isOpen ? [...first.needs, ...second.needs] : [],
    neededContext,
    condition: { kind: "all", conditions: [first.condition, second.condition] },
  };
}

/** Whether somebody acts, and who, is not known: it must be before anything is allowed. */
function openActor(first: Residual, member: string): Residual {
  const neededContext = new Map(first.neededContext).set(member, first.decision === "allow");
  return { ...first, decision: "undecided", neededContext, condition: false };
}

function denied(first: Residual): Residual {
  const answer: Answer = join(first.answer, NO, CedarRecord.EMPTY);
  return { ...first, decision: "deny", answer, needs: [], neededContext: new Map(), condition: false };
}
