import type { DecideOptions } from "../decider.js";
import type {
  Actions,
  ContextOf,
  EntityOf,
  EntityTypes,
  PrincipalsOf,
  PropertiesOf,
  ResourcesOf,
  SchemaShape,
} from "./shapes.js";

// A wrong argument is compared with a sentence, which the compiler then shows: such a type is the message.

export type PrincipalArgument<S extends SchemaShape, A extends Actions<S>, P extends string> =
  Exclude<P, EntityTypes<S>> extends never
    ? UnfitUnless<IsAny<S, A>, P, PrincipalsOf<S, A>> extends never
      ? EntityOf<S, P>
      : PrincipalRefusal<S, A, P>
    : Unnamed<Exclude<P, EntityTypes<S>>>;

export type ResourceArgument<
  S extends SchemaShape,
  A extends Actions<S>,
  R extends string,
  P extends string,
> =
  Exclude<R, EntityTypes<S>> extends never
    ? Unfit<R, ResourcesOf<S, A>> extends never
      ? Unfit<P, PrincipalsOf<S, A>> extends never
        ? EntityOf<S, R>
        : PrincipalRefusal<S, A, P>
      : ResourceRefusal<S, A, R>
    : Unnamed<Exclude<R, EntityTypes<S>>>;

/** The name of a type that the action is for. */
export type ResourceTypeArgument<
  S extends SchemaShape,
  A extends Actions<S>,
  R extends string,
  P extends string,
> =
  Exclude<R, EntityTypes<S>> extends never
    ? Unfit<R, ResourcesOf<S, A>> extends never
      ? Unfit<P, PrincipalsOf<S, A>> extends never
        ? R
        : PrincipalRefusal<S, A, P>
      : ResourceRefusal<S, A, R>
    : Unnamed<Exclude<R, EntityTypes<S>>>;

// One sentence for each action that is refused, and none for the others.

type PrincipalRefusal<S extends SchemaShape, A extends Actions<S>, P extends string> =
  A extends Actions<S>
    ? `${Unfit<P, PrincipalsOf<S, A>>} can't do \`${A}\`; it is for ${Listed<PrincipalsOf<S, A>>}`
    : never;

type ResourceRefusal<S extends SchemaShape, A extends Actions<S>, R extends string> =
  A extends Actions<S>
    ? `\`${A}\` does not apply to ${Unfit<R, ResourcesOf<S, A>>}; it applies to ${Listed<ResourcesOf<S, A>>}`
    : never;

/** The name alone; with properties for an action that has some, and never without them where they are required. */
export type ActionArgument<S extends SchemaShape, A extends Actions<S>> =
  A extends Actions<S>
    ? [PropertiesOf<S, A>] extends [never]
      ? A
      : undefined extends PropertiesOf<S, A>
        ? A | { readonly name: A; readonly properties?: Exclude<PropertiesOf<S, A>, undefined> }
        : { readonly name: A; readonly properties: PropertiesOf<S, A> }
    : never;

/** The context may be left out where nothing in it is required. */
export type Rest<S extends SchemaShape, A extends Actions<S>> = ContextRest<S, A, DecideOptions>;

export type ContextRest<S extends SchemaShape, A extends Actions<S>, O> =
  Record<never, never> extends ContextOf<S, A>
    ? [context?: ContextOf<S, A>, options?: O]
    : [context: ContextOf<S, A>, options?: O];

/** The types that an action is not for. */
type Unfit<T extends string, Types> = Types extends readonly (infer One)[] ? Exclude<T, One> : T;

type UnfitUnless<Condition, T extends string, Types> = Condition extends true ? never : Unfit<T, Types>;

/**
 * Whether the action is just any one: the compiler also believes so while it looks for the error in a misspelt name, which
 * must not be said of the principal. The principal is then checked together with the resource.
 */
type IsAny<S extends SchemaShape, A extends Actions<S>> = [Actions<S>] extends [A] ? IsUnion<A> : false;

type IsUnion<T, Whole = T> = [T extends T ? ([Whole] extends [T] ? never : true) : never] extends [never]
  ? false
  : true;

type Unnamed<T extends string> = string extends T
  ? "the compiler doesn't know the type of this entity: write it as a literal, in text or as `type`"
  : `there is no entity type \`${T}\` in the schema`;

/** `User`, `User or Service`, `User, Contact or Service`. */
type Listed<Types> = Types extends readonly [infer One extends string]
  ? One
  : Types extends readonly [infer First extends string, infer Last extends string]
    ? `${First} or ${Last}`
    : Types extends readonly [infer First extends string, ...infer More]
      ? `${First}, ${Listed<More>}`
      : never;
