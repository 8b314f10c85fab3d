/** What the generator writes down of one entity type. */
export interface EntityShape {
  /** `string`, or the ids of an enumerated type. */
  readonly id: string;
  readonly attributes: object;
  /** Values of tags; `never` for a type without any. */
  readonly tags: unknown;
}

/** What the generator writes down of one action. */
export interface ActionShape {
  /** Types, in tuples: messages name them in their order. */
  readonly principals: readonly string[];
  readonly resources: readonly string[];
  /** What the caller gives: without what the decision point adds. */
  readonly context: object;
  /**
   * The action's properties, which become `context.action`: `never` for an action without any, with `undefined` where
   * they may be left out.
   */
  readonly properties: object | undefined;
}

/** A schema, as types: `cordon typegen` writes an interface of this shape. */
export interface SchemaShape {
  readonly entities: object;
  readonly actions: object;
}

export type EntityTypes<S extends SchemaShape> = keyof S["entities"] & string;
export type Actions<S extends SchemaShape> = keyof S["actions"] & string;

/** A member of an entry; asked for by inference, so that a schema needn't be proven to have the shape. */
type Member<Entry, Name extends string> = Entry extends { readonly [N in Name]: infer Value } ? Value : never;

type OfEntity<S extends SchemaShape, T extends EntityTypes<S>, Name extends keyof EntityShape> = Member<
  S["entities"][T & keyof S["entities"]],
  Name
>;
type OfAction<S extends SchemaShape, A extends Actions<S>, Name extends keyof ActionShape> = Member<
  S["actions"][A & keyof S["actions"]],
  Name
>;

export type IdOf<S extends SchemaShape, T extends EntityTypes<S>> = OfEntity<S, T, "id"> & string;
export type AttributesOf<S extends SchemaShape, T extends EntityTypes<S>> = OfEntity<S, T, "attributes">;
export type PrincipalsOf<S extends SchemaShape, A extends Actions<S>> = OfAction<S, A, "principals">;
export type ResourcesOf<S extends SchemaShape, A extends Actions<S>> = OfAction<S, A, "resources">;
export type ContextOf<S extends SchemaShape, A extends Actions<S>> = OfAction<S, A, "context">;
export type PropertiesOf<S extends SchemaShape, A extends Actions<S>> = OfAction<S, A, "properties">;

/** An entity as a request names it: its text, or type and id with the attributes that the caller vouches for. */
export type EntityOf<S extends SchemaShape, T extends string> =
  T extends EntityTypes<S> ? `${T}::"${IdOf<S, T>}"` | Described<S, T> : never;

interface Described<S extends SchemaShape, T extends EntityTypes<S>> {
  readonly type: T;
  readonly id: IdOf<S, T>;
  readonly properties?: Partial<AttributesOf<S, T>>;
}
