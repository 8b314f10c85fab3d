import { pathBefore } from "../policies/operands.js";
import { type LiveType, typeText } from "../schema/types.js";
import { uidName } from "../schema/uid-names.js";
import { snippetText } from "./completion.js";
import type { PolicyCursor } from "./policy-completion.js";

/** How many entities are offered: lists that nobody reads slow editors down. */
const MAX_ENTITIES = 200;

/** Completes names of types, actions and entities, which may be begun already: `Shop::Us…`. */
export class NameCompletion {
  readonly #cursor: PolicyCursor;

  constructor(cursor: PolicyCursor) {
    this.#cursor = cursor;
  }

  /** @param wanted those that fit come first, and others only where nothing fits */
  types(wanted?: ReadonlySet<string>): void {
    for (const name of this.#namesOf(wanted)) this.#type(name, name);
  }

  #namesOf(wanted: ReadonlySet<string> | undefined): string[] {
    const all = [...(this.#cursor.project.schema?.entities.keys() ?? this.#cursor.project.entities.keys())];
    const fitting = wanted === undefined ? all : all.filter((name) => wanted.has(name));
    return fitting.length > 0 ? fitting : all;
  }

  #type(name: string, label: string): void {
    const entity = this.#cursor.project.schema?.entities.get(name);
    this.#cursor.found.add({
      label,
      kind: "type",
      rank: 3,
      ...(entity === undefined ? {} : { detail: entityDetail(entity.parents) }),
      ...(entity?.declaration.doc == null ? {} : { documentation: entity.declaration.doc }),
    });
  }

  /** Entities of some types, written whole, and the types themselves with a place for an id. */
  entities(wanted?: ReadonlySet<string>): void {
    const { project, found } = this.#cursor;
    for (const name of this.#namesOf(wanted)) {
      for (const id of entityIdsOf(this.#cursor, name).slice(0, MAX_ENTITIES)) {
        found.add({ label: uidName(name, id), kind: "entity", rank: 2 });
      }
      const doc = project.schema?.entities.get(name)?.declaration.doc;
      found.add({
        label: `${name}::"…"`,
        kind: "type",
        rank: 3,
        insert: `${snippetText(name)}::"$1"`,
        isSnippet: true,
        ...(doc == null ? {} : { documentation: doc }),
      });
    }
  }

  /** Actions, written whole; groups after them. */
  actions(fits: (uid: string) => boolean): void {
    const { project, found } = this.#cursor;
    const actions = [...(project.schema?.actions.values() ?? [])];
    for (const action of actions) {
      const isGroup = action.principals.length === 0;
      found.add({
        label: action.uid,
        kind: "action",
        rank: fits(action.uid) ? 1 : isGroup ? 2 : 4,
        detail: isGroup
          ? "group of actions"
          : `${action.principals.join(", ")} → ${action.resources.join(", ")}`,
        ...(action.declaration.doc === null ? {} : { documentation: action.declaration.doc }),
      });
    }
  }

  /** What may follow `Name::`: names in that namespace, or an id. */
  afterColons(): void {
    const { tokens, index, project, found } = this.#cursor;
    const prefix = pathBefore(tokens, index);
    const schema = project.schema;
    for (const name of [...(schema?.entities.keys() ?? []), ...actionTypes(this.#cursor)]) {
      if (!name.startsWith(`${prefix}::`)) continue;
      const rest = name.slice(prefix.length + 2);
      this.#type(name, rest);
    }
    for (const id of entityIdsOf(this.#cursor, prefix).slice(0, MAX_ENTITIES)) {
      const literal = uidName(prefix, id).slice(prefix.length + 2);
      found.add({ label: literal, kind: prefix.endsWith("Action") ? "action" : "entity", rank: 2 });
    }
  }
}

function actionTypes({ project }: PolicyCursor): Set<string> {
  return new Set([...(project.schema?.actions.values() ?? [])].map(({ type }) => type));
}

/** In the string of `Type::"…"`: ids of that type. */
export function completeEntityIds(cursor: PolicyCursor, index: number): void {
  const type = pathBefore(cursor.tokens, index);
  for (const id of entityIdsOf(cursor, type).slice(0, MAX_ENTITIES)) {
    const literal = uidName(type, id).slice(type.length + 3, -1);
    const action = cursor.project.schema?.actions.get(uidName(type, id));
    const doc = action?.declaration.doc;
    cursor.found.add({
      label: id,
      kind: action === undefined ? "entity" : "action",
      insert: literal,
      ...(doc == null ? {} : { documentation: doc }),
    });
  }
}

function entityIdsOf({ project }: PolicyCursor, type: string): string[] {
  const schema = project.schema;
  const actions = [...(schema?.actions.values() ?? [])].filter((action) => action.type === type);
  if (actions.length > 0) return actions.map(({ id }) => id);
  const enumerated = schema?.entities.get(type)?.declaration.enum?.map(({ id }) => id);
  return enumerated ?? [...(project.entities.get(type)?.keys() ?? [])];
}

export function entityDetail(parents: readonly string[]): string {
  return parents.length === 0 ? "entity type" : `entity type in ${parents.join(", ")}`;
}

/** Types of entities among some types; undefined where there is none. */
export function entityTypes(types: readonly LiveType[]): ReadonlySet<string> | undefined {
  const names = types.flatMap((type) => (type.kind === "entity" ? [typeText(type)] : []));
  return names.length === 0 ? undefined : new Set(names);
}
