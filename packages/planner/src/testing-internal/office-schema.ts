import type { ResolvedSchema, SchemaType } from "@cordon/engine";
import type { Shape } from "./shape.js";

const STRING: SchemaType = { type: "String" };
const LONG: SchemaType = { type: "Long" };
const BOOLEAN: SchemaType = { type: "Boolean" };
const entity = (name: string): SchemaType => ({ type: "Entity", name });
const extension = (name: "datetime" | "duration" | "decimal" | "ipaddr"): SchemaType => ({
  type: "Extension",
  name,
});
const setOf = (element: SchemaType): SchemaType => ({ type: "Set", element });

function optional(attributes: Record<string, SchemaType>) {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, type]) => [name, { type, required: false }]),
  );
}

/** Every kind of attribute, all of them optional, so that nothing but the data says what is there. */
const DOC_ATTRIBUTES: Readonly<Record<string, SchemaType>> = {
  title: STRING,
  note: STRING,
  size: LONG,
  rank: LONG,
  open: BOOLEAN,
  hidden: BOOLEAN,
  owner: entity("User"),
  editor: entity("User"),
  folder: entity("Folder"),
  team: entity("Group"),
  at: extension("datetime"),
  until: extension("datetime"),
  span: extension("duration"),
  price: extension("decimal"),
  cost: extension("decimal"),
  addr: extension("ipaddr"),
  labels: setOf(STRING),
  words: setOf(STRING),
  marks: setOf(LONG),
  flags: setOf(BOOLEAN),
  readers: setOf(entity("User")),
  groups: setOf(entity("Group")),
  info: { type: "Record", attributes: optional({ kind: STRING, weight: LONG, flag: BOOLEAN }) },
};

const USER_ATTRIBUTES: Readonly<Record<string, SchemaType>> = {
  name: STRING,
  level: LONG,
  manager: entity("User"),
  home: entity("Folder"),
  skills: setOf(STRING),
};

const FOLDER_ATTRIBUTES: Readonly<Record<string, SchemaType>> = {
  keeper: entity("User"),
  sealed: BOOLEAN,
  label: STRING,
};

const SCHEMA: ResolvedSchema = {
  entityTypes: {
    User: { memberOfTypes: ["Group"], attributes: optional({ ...USER_ATTRIBUTES }) },
    Group: { memberOfTypes: ["Group"], attributes: {} },
    Folder: { memberOfTypes: ["Folder", "Project"], attributes: optional({ ...FOLDER_ATTRIBUTES }) },
    Project: { memberOfTypes: [], attributes: {} },
    Doc: { memberOfTypes: ["Folder"], attributes: optional({ ...DOC_ATTRIBUTES }), tags: STRING },
  },
  actions: {
    'Action::"read"': {
      uid: { type: "Action", id: "read" },
      memberOf: [],
      principalTypes: ["User"],
      resourceTypes: ["Doc"],
      context: { type: "Record", attributes: {} },
    },
  },
};

/** An office as many are, with every kind of attribute and all of it in tables. */
export const OFFICE: Shape = {
  schema: SCHEMA,
  rows: { User: 4, Group: 4, Folder: 4, Project: 2, Doc: 9 },
  places: { User: "table", Group: "table", Folder: "table", Project: "table", Doc: "table" },
  principals: ["User"],
  isGenerated: false,
};
