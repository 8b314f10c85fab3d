import type { ActionInput, DecideOptions, EntityInput } from "../decider.js";
import type { ActionArgument, ContextRest, PrincipalArgument, ResourceTypeArgument } from "./arguments.js";
import type { SchemaShape } from "./shapes.js";

/** Makes filters `F` of a query builder; `O` is what its queries may say beside. */
export interface Filters<F, O = DecideOptions> {
  /**
   * Which resources of a type the principal may do the action on, as a condition of a query: for no row where there
   * are none, for every row where all are.
   *
   * @throws where there is no plan, or it can't be expressed: never a wider filter, nor a narrower one
   */
  filter(
    principal: EntityInput,
    action: ActionInput,
    resourceType: string,
    context?: Record<string, unknown>,
    options?: O,
  ): Promise<F>;
}

/** Asks only what makes sense under a schema: anything else is an error of the compiler. */
export interface TypedFilters<S extends SchemaShape, F, O = DecideOptions> {
  /** As of {@link Filters}. */
  filter<const P extends string, const A extends keyof S["actions"] & string, const R extends string>(
    principal: PrincipalArgument<S, A, P>,
    action: ActionArgument<S, A>,
    resourceType: ResourceTypeArgument<S, A, R, P>,
    ...rest: ContextRest<S, A, O>
  ): Promise<F>;
}

/** Reads of rows what may be seen of them; `V` is what a query is made of. */
export interface RowViews<V, O = DecideOptions> {
  /**
   * Which resources of a type the principal may do the action on, and which of their attributes.
   *
   * @throws as `filter`
   */
  rows(
    principal: EntityInput,
    action: ActionInput,
    resourceType: string,
    context?: Record<string, unknown>,
    options?: O,
  ): Promise<V>;
}

/** Asks only what makes sense under a schema: anything else is an error of the compiler. */
export interface TypedRowViews<S extends SchemaShape, V, O = DecideOptions> {
  /** As of {@link RowViews}. */
  rows<const P extends string, const A extends keyof S["actions"] & string, const R extends string>(
    principal: PrincipalArgument<S, A, P>,
    action: ActionArgument<S, A>,
    resourceType: ResourceTypeArgument<S, A, R, P>,
    ...rest: ContextRest<S, A, O>
  ): Promise<V>;
}

/** What stands for a schema where none is given: any name goes. */
export interface AnySchema extends SchemaShape {
  readonly anything: true;
}

/** An adapter's filters `F` and views of rows `V`. */
export type FiltersOf<S extends SchemaShape, F, V, O = DecideOptions> = [S] extends [AnySchema]
  ? Filters<F, O> & RowViews<V, O>
  : TypedFilters<S, F, O> & TypedRowViews<S, V, O>;
