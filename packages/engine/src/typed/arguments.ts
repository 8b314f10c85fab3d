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
    ? Unfit<P, PrincipalsOf<S, A>> extends never
      ? EntityOf<S, P>
      : `${Unfit<P, PrincipalsOf<S, A>>} can't do \`${A}\`; it is for ${Listed<PrincipalsOf<S, A>>}`
    : Unnamed<Exclude<P, EntityTypes<S>>>;

export type ResourceArgument<S extends SchemaShape, A extends Actions<S>, R extends string> =
  Exclude<R, EntityTypes<S>> extends never
    ? Unfit<R, ResourcesOf<S, A>> extends never
      ? EntityOf<S, R>
      : `\`${A}\` does not apply to ${Unfit<R, ResourcesOf<S, A>>}; it applies to ${Listed<ResourcesOf<S, A>>}`
    : Unnamed<Exclude<R, EntityTypes<S>>>;

/** The name alone, or with properties for an action that has some; never alone where some are required. */
export type ActionArgument<S extends SchemaShape, A extends Actions<S>> =
  A extends Actions<S>
    ? [PropertiesOf<S, A>] extends [never]
      ? A
      : Record<never, never> extends PropertiesOf<S, A>
        ? A | { readonly name: A; readonly properties?: PropertiesOf<S, A> }
        : { readonly name: A; readonly properties: PropertiesOf<S, A> }
    : never;

/** The context may be left out where nothing in it is required. */
export type Rest<S extends SchemaShape, A extends Actions<S>> =
  Record<never, never> extends ContextOf<S, A>
    ? [context?: ContextOf<S, A>, options?: DecideOptions]
    : [context: ContextOf<S, A>, options?: DecideOptions];

/** The types that an action is not for. */
type Unfit<T extends string, Types> = Types extends readonly (infer One)[] ? Exclude<T, One> : T;

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
