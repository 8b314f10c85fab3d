import type { Bundle, EntityUid, Mask } from "@cordon/engine";

/** Attributes of a type that take a further action. */
export interface FieldRule {
  readonly attributes: readonly string[] | "*";
  readonly action: string;
  /** Absent where they are hidden from whoever may not do the action. */
  readonly mask?: Mask | undefined;
}

/** The setting `fields`: rules by type, by action. */
export type FieldSettings = Readonly<Record<string, Readonly<Record<string, readonly FieldRule[]>>>>;

/** How an action on a type divides its attributes. */
export interface FieldGroups {
  /** All of them, in the order of the schema. */
  readonly attributes: readonly string[];
  /** Those that need nothing beside the action. */
  readonly free: readonly string[];
  readonly groups: readonly (FieldRule & { readonly attributes: readonly string[] })[];
}

/** Undefined without a schema: then nobody knows which attributes there are. */
export function fieldGroupsOf(
  { schema, settings }: Bundle,
  type: string,
  action: EntityUid,
): FieldGroups | undefined {
  if (schema === null) return undefined;
  const declared = Object.hasOwn(schema.entityTypes, type) ? schema.entityTypes[type] : undefined;
  const attributes = Object.keys(declared?.attributes ?? {});
  const rules = rulesOf(settings.fields as FieldSettings | undefined, type, action);
  const named = new Set(rules.flatMap((rule) => (rule.attributes === "*" ? [] : rule.attributes)));
  const groups = rules.map((rule) => ({
    ...rule,
    attributes: attributes.filter((name) =>
      rule.attributes === "*" ? !named.has(name) : rule.attributes.includes(name),
    ),
  }));
  const taken = new Set(groups.flatMap((group) => group.attributes));
  return { attributes, free: attributes.filter((name) => !taken.has(name)), groups };
}

function rulesOf(fields: FieldSettings | undefined, type: string, action: EntityUid): readonly FieldRule[] {
  const ofType = fields !== undefined && Object.hasOwn(fields, type) ? fields[type] : undefined;
  return Object.entries(ofType ?? {})
    .filter(([name]) => name === action.id || name === action.toString())
    .flatMap(([, rules]) => rules);
}
