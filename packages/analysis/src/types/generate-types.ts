import { type ActionSchema, type AttributeSchema, EntityUid, type ResolvedSchema } from "@cordon/engine";
import { byCodeUnits, key, TypeText } from "./type-text.js";

export interface TypesInput {
  readonly schema: ResolvedSchema;
  /** As a reader finds it: `schema.cedarschema`. */
  readonly schemaFile: string;
}

/**
 * TypeScript that says of a schema what there is and which action applies to what. Equal schemas give equal text,
 * whatever the order in which they declare things.
 */
export function generateTypes({ schema, schemaFile }: TypesInput): string {
  const types = new TypeText(schema);
  const entities = Object.keys(schema.entityTypes)
    .sort(byCodeUnits)
    .map((name) => entityText(name, schema, types));
  const actions = actionTexts(schema, types);
  const aliases = [...types.used].sort(byCodeUnits).map((name) => `  type ${name},`);
  return `// Written by \`cordon typegen\` from ${schemaFile}. Don't edit it: write it again when the schema changes.

import type { Decider } from "@cordon/engine";
import {
  type Actions,
${[...aliases, "  type EntityOf,", "  type EntityTypes,", "  type TypedDecider,"].sort(byAlias).join("\n")}
  typedDecider,
} from "@cordon/engine/typed";

/** What there is, and which action applies to what. */
export interface Schema {
  entities: {
${entities.join("\n")}
  };
  actions: {
${actions.join("\n")}
  };
}

/** The name of an entity type. */
export type EntityType = EntityTypes<Schema>;

/** The name of an action that can be asked about. */
export type Action = Actions<Schema>;

/** An entity as a question names it: \`Entity<"User">\`. */
export type Entity<Type extends EntityType> = EntityOf<Schema, Type>;

/** What an entity type's attributes are: \`Attributes<"User">\`. */
export type Attributes<Type extends EntityType> = Schema["entities"][Type]["attributes"];

/** The same decider, asked in terms of this schema. */
export function typed(decider: Pick<Decider, "decide">): TypedDecider<Schema> {
  return typedDecider(decider);
}
`;
}

/** As linters order what is imported: by name, whatever the case. */
function byAlias(a: string, b: string): number {
  return byCodeUnits(a.toLowerCase(), b.toLowerCase());
}

function entityText(name: string, schema: ResolvedSchema, types: TypeText): string {
  const { attributes, tags } = schema.entityTypes[name] ?? { attributes: {} };
  return [
    `    ${key(name)}: {`,
    `      id: ${types.idOf(name)};`,
    `      attributes: ${types.record(attributes, "      ")};`,
    `      tags: ${tags === undefined ? "never" : types.of(tags, "      ")};`,
    "    };",
  ].join("\n");
}

interface AskableAction {
  /** As requests name it: by its id, or by its whole uid where several namespaces have that id. */
  readonly name: string;
  readonly action: ActionSchema;
}

function actionTexts(schema: ResolvedSchema, types: TypeText): string[] {
  const written = new Map<string, string>();
  return askable(schema).map(({ name, action }) => {
    const context = types.record(callersPart(action.context.attributes), "      ");
    // A context that several actions have is written down once.
    const first = written.get(context);
    if (first === undefined) written.set(context, name);
    const repeated = first !== undefined && context.includes("\n");
    return [
      `    ${key(name)}: {`,
      `      principals: ${tuple(action.principalTypes)};`,
      `      resources: ${tuple(action.resourceTypes)};`,
      `      context: ${repeated ? `Schema["actions"][${JSON.stringify(first)}]["context"]` : context};`,
      `      properties: ${propertiesText(action, types)};`,
      "    };",
    ].join("\n");
  });
}

/** What the action is about; with `undefined` where a question may leave it out. */
function propertiesText({ context }: ActionSchema, types: TypeText): string {
  const declared = context.attributes.action;
  if (declared?.type.type !== "Record") return "never";
  return `${types.record(declared.type.attributes, "      ")}${declared.required ? "" : " | undefined"}`;
}

/** Without what the decision point fills: the time, and the action's properties. */
function callersPart(attributes: Readonly<Record<string, AttributeSchema>>): Record<string, AttributeSchema> {
  return Object.fromEntries(
    Object.entries(attributes).filter(([name, { type }]) => {
      if (name === "now") return !(type.type === "Extension" && type.name === "datetime");
      return !(name === "action" && type.type === "Record");
    }),
  );
}

/** Groups can't be asked about; they take no principal and no resource. */
function askable({ actions }: ResolvedSchema): AskableAction[] {
  const all = Object.values(actions);
  const count = new Map<string, number>();
  for (const { uid } of all) count.set(uid.id, (count.get(uid.id) ?? 0) + 1);
  return all
    .filter(({ principalTypes, resourceTypes }) => principalTypes.length > 0 && resourceTypes.length > 0)
    .map((action) => {
      const { type, id } = action.uid;
      return { name: count.get(id) === 1 ? id : EntityUid.of(type, id).toString(), action };
    })
    .sort((a, b) => byCodeUnits(a.name, b.name));
}

function tuple(types: readonly string[]): string {
  return `[${[...types]
    .sort(byCodeUnits)
    .map((type) => JSON.stringify(type))
    .join(", ")}]`;
}
