import type { ResolvedSchema, SchemaType } from "@cordon/engine";

/** Who knows the entities of a type. */
export type Place =
  | "table"
  /** Files of the project: known wherever a filter is made, and to no database. */
  | "files"
  /** Another source, over HTTP say: known of the principal alone. */
  | "elsewhere";

/** What kinds of entities there are. The rows asked for are always of type `Doc`. */
export interface Shape {
  readonly schema: ResolvedSchema;
  /** How many entities of each type there are: fewer than names, so that references dangle. */
  readonly rows: Readonly<Record<string, number>>;
  readonly places: Readonly<Record<string, Place>>;
  /** Types of those who ask. */
  readonly principals: readonly string[];
  /** It was made up, and isn't the same in every run. */
  readonly isGenerated: boolean;
}

export interface Attribute {
  readonly type: SchemaType;
  readonly required: boolean;
}

export function typesOf({ rows }: Shape): readonly string[] {
  return Object.keys(rows);
}

export function attributesOf(type: string, { schema }: Shape): readonly (readonly [string, Attribute])[] {
  return Object.entries(schema.entityTypes[type]?.attributes ?? {});
}

export function parentsOf(type: string, { schema }: Shape): readonly string[] {
  return schema.entityTypes[type]?.memberOfTypes ?? [];
}

export function tagsOf(type: string, { schema }: Shape): SchemaType | undefined {
  return schema.entityTypes[type]?.tags;
}

/** Whether entities of a type can be below those of another, over others. */
export function reaches(type: string, ancestor: string, shape: Shape): boolean {
  const seen = new Set<string>();
  const queue = [...parentsOf(type, shape)];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next === ancestor) return true;
    if (!seen.has(next)) queue.push(...parentsOf(next, shape));
    seen.add(next);
  }
  return false;
}
