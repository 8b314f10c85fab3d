import type {
  ActionInput,
  DecideOptions,
  Decider,
  Decision,
  DecisionRequest,
  EntityInput,
} from "../decider.js";
import type { FieldDecider, Fields } from "../fields/types.js";
import type { ActionArgument, PrincipalArgument, ResourceArgument, Rest } from "./arguments.js";
import { bareEntity } from "./entity.js";
import type { TypedFieldDecider } from "./fields.js";
import type { SchemaShape } from "./shapes.js";

/** Asks only what makes sense under a schema: anything else is an error of the compiler. */
export interface TypedDecider<S extends SchemaShape> {
  // The names of actions are written out where they are a constraint: messages then list them instead of an alias.

  /**
   * Whether the answer is allow.
   *
   * @throws what the decider's `decide` throws: where there is no answer, there is no yes
   */
  can<const P extends string, const A extends keyof S["actions"] & string, const R extends string>(
    principal: PrincipalArgument<S, A, P>,
    action: ActionArgument<S, A>,
    resource: ResourceArgument<S, A, R, P>,
    ...rest: Rest<S, A>
  ): Promise<boolean>;

  /** The whole decision, with its id, its reason and its obligations. */
  decide<const P extends string, const A extends keyof S["actions"] & string, const R extends string>(
    principal: PrincipalArgument<S, A, P>,
    action: ActionArgument<S, A>,
    resource: ResourceArgument<S, A, R, P>,
    ...rest: Rest<S, A>
  ): Promise<Decision>;
}

/** The same decider, which the compiler now knows the schema of. Nothing is checked when it runs. */
export function typedDecider<S extends SchemaShape>(
  decider: Pick<Decider, "decide"> & Pick<FieldDecider, "fields">,
): TypedDecider<S> & TypedFieldDecider<S>;
export function typedDecider<S extends SchemaShape>(decider: Pick<Decider, "decide">): TypedDecider<S>;
export function typedDecider<S extends SchemaShape>(
  decider: Pick<Decider, "decide"> & Partial<FieldDecider>,
): TypedDecider<S> {
  // The types of the parameters hold for every schema, these ones for what a decider takes of any.
  const decide = (...question: Question): Promise<Decision> => decider.decide(...asked(question));
  const can = async (...question: Question) => (await decide(...question)).decision === "allow";
  const fields = async (...question: Question): Promise<Fields | undefined> =>
    decider.fields?.(...asked(question));
  return { can, decide, fields } as unknown as TypedDecider<S>;
}

type Question = [
  principal: EntityInput,
  action: ActionInput,
  resource: EntityInput,
  context?: Record<string, unknown>,
  options?: DecideOptions,
];

function asked([principal, action, resource, context, options]: Question): [
  DecisionRequest,
  DecideOptions | undefined,
] {
  const request: DecisionRequest = {
    principal: bareEntity(principal),
    action,
    resource: bareEntity(resource),
  };
  return [context === undefined ? request : { ...request, context }, options];
}
