import type { Choices } from "./choices.js";

/** A type of generated schemas and expressions. */
export type Type =
  | { kind: "Bool" | "Long" | "String" | "ipaddr" | "decimal" | "datetime" | "duration" }
  | { kind: "Set"; element: Type }
  | { kind: "Record"; attributes: Map<string, Attribute> }
  | { kind: "Entity"; name: string };

export interface Attribute {
  type: Type;
  required: boolean;
}

export interface EntityType {
  name: string;
  memberOf: string[];
  attributes: Map<string, Attribute>;
  tags: Type | null;
  /** The only ids of an enumerated type. */
  ids: string[] | null;
}

export interface Action {
  id: string;
  memberOf: string[];
  principals: string[];
  resources: string[];
  context: Map<string, Attribute>;
}

/** What generated policies, entities and requests are about; written down as a schema or not. */
export interface Vocabulary {
  /** Where the actions are, and most entity types. */
  namespace: string;
  entityTypes: EntityType[];
  actions: Action[];
  actionType: string;
}

/** Ordinary names and names that some implementation has stumbled on. */
const ATTRIBUTES = [
  "a",
  "b",
  "name",
  "__proto__",
  "constructor",
  "x y",
  "é😀",
  "",
  "has",
  "type",
  "id",
  '\u0000\n"\\',
];
const SIMPLE = ["Bool", "Long", "String", "ipaddr", "decimal", "datetime", "duration"] as const;

export function genVocabulary(choices: Choices): Vocabulary {
  const namespace = choices.pick(["", "", "App", "App::Sub"]);
  // Some types live in a namespace of their own, and are referred to across.
  const other = choices.chance(0.3) ? choices.pick(["Org", "App", ""]) : namespace;
  const names = [qualify(namespace, "User"), qualify(other, "Group"), qualify(namespace, "Doc")];
  const color: EntityType = {
    ...{ name: qualify(other, "Color"), memberOf: [], attributes: new Map(), tags: null },
    ids: ["red", "é😀"],
  };
  const all = [...names, color.name];
  const entityTypes = names.map(
    (name): EntityType => ({
      name,
      memberOf: choices.some(names, 0.5),
      attributes: genAttributes(choices, all, 2),
      tags: choices.chance(0.4) ? genType(choices, all, 1) : null,
      ids: null,
    }),
  );
  return {
    namespace,
    entityTypes: [...entityTypes, color],
    actions: genActions(choices, names, all),
    actionType: qualify(namespace, "Action"),
  };
}

function qualify(namespace: string, name: string): string {
  return namespace === "" ? name : `${namespace}::${name}`;
}

function genActions(choices: Choices, names: readonly string[], all: readonly string[]): Action[] {
  const groups = ["any", "é group"].map(
    (id, index): Action => ({
      ...{ id, principals: [], resources: [], context: new Map() },
      memberOf: index === 1 && choices.chance(0.5) ? ["any"] : [],
    }),
  );
  const actions = ["view", "edit", 'odd "action"'].map(
    (id): Action => ({
      id,
      memberOf: choices.some(["any", "é group"], 0.4),
      principals: [choices.pick(names), ...choices.some(all, 0.2)],
      resources: [choices.pick(names), ...choices.some(all, 0.2)],
      context: genAttributes(choices, all, 2),
    }),
  );
  return [...actions, ...groups];
}

function genAttributes(
  choices: Choices,
  entityTypes: readonly string[],
  depth: number,
): Map<string, Attribute> {
  const names = choices.list(0, 4, () => choices.pick(ATTRIBUTES));
  return new Map(
    names.map((name) => [
      name,
      { required: !choices.chance(0.35), type: genType(choices, entityTypes, depth) },
    ]),
  );
}

export function genType(choices: Choices, entityTypes: readonly string[], depth: number): Type {
  switch (choices.below(depth > 0 ? 6 : 3)) {
    case 2:
      return { kind: "Entity", name: choices.pick(entityTypes) };
    case 3:
    case 4:
      return { kind: "Set", element: genType(choices, entityTypes, depth - 1) };
    case 5:
      return { kind: "Record", attributes: genAttributes(choices, entityTypes, depth - 1) };
    default:
      return { kind: choices.pick(SIMPLE) };
  }
}
