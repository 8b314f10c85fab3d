import type { Fields } from "../fields/types.js";
import type { ActionArgument, PrincipalArgument, ResourceArgument, Rest } from "./arguments.js";
import type { AttributesOf, EntityTypes, SchemaShape } from "./shapes.js";

/** Which attributes of a resource somebody may act on: names are those of its type in the schema. */
export interface TypedFieldDecider<S extends SchemaShape> {
  /**
   * Every attribute is allowed, masked or hidden. Whatever isn't an allow hides.
   *
   * @throws what the decider's `fields` throws: where there is no answer, nothing is shown
   */
  fields<const P extends string, const A extends keyof S["actions"] & string, const R extends string>(
    principal: PrincipalArgument<S, A, P>,
    action: ActionArgument<S, A>,
    resource: ResourceArgument<S, A, R, P>,
    ...rest: Rest<S, A>
  ): Promise<Fields<AttributeNames<S, R>>>;
}

export type AttributeNames<S extends SchemaShape, R extends string> =
  R extends EntityTypes<S> ? keyof AttributesOf<S, R> & string : never;
