import type {
  ActionConstraintJson,
  CedarValueJson,
  EntityRefJson,
  EntityUidJson,
  RecordSchemaType,
  ResolvedSchema,
  SchemaType,
} from "@cordon/engine";
import { uidKey } from "./forms.js";

/** One kind of request that the schema admits; without a schema there is one kind, of which nothing is known. */
export interface Environment {
  readonly principal: string | null;
  readonly action: EntityUidJson | null;
  readonly resource: string | null;
  readonly context: RecordSchemaType | null;
  /** Equal for equal context types. */
  readonly contextKey: string;
}

/** The actions, as uid texts, and kinds of requests that an action constraint admits; without a schema no action is known. */
export interface Admitted {
  readonly actions: ReadonlySet<string>;
  readonly environments: readonly Environment[];
}

const UNKNOWN: Environment = { principal: null, action: null, resource: null, context: null, contextKey: "" };

/** What a schema says that can be relied on in every request. */
export class TypeWorld {
  readonly schema: ResolvedSchema | null;
  readonly environments: readonly Environment[];
  readonly #ancestors = new Map<string, ReadonlySet<string>>();
  readonly #actionAncestors = new Map<string, ReadonlySet<string>>();
  readonly #admitted = new Map<string, Admitted>();

  constructor(schema: ResolvedSchema | null) {
    this.schema = schema;
    this.environments = schema === null ? [UNKNOWN] : environmentsOf(schema);
  }

  /** Whether an entity of one type can be in one of another, itself included; null where a type isn't declared. */
  canBeIn(type: string, ancestor: string): boolean {
    return type === ancestor || this.ancestorTypes(type).has(ancestor);
  }

  /** The types of which an entity of this type can be a proper descendant. */
  ancestorTypes(type: string): ReadonlySet<string> {
    return closure(this.#ancestors, type, (name) => this.schema?.entityTypes[name]?.memberOfTypes ?? []);
  }

  /** The groups that an action is in, as uid texts, itself included. */
  actionGroups(action: EntityUidJson): ReadonlySet<string> {
    const key = uidKey(action);
    const above = closure(this.#actionAncestors, key, (name) => {
      return (this.schema?.actions[name]?.memberOf ?? []).map(uidKey);
    });
    return new Set([key, ...above]);
  }

  /** What a policy's scope admits by its action. */
  admitted(constraint: ActionConstraintJson): Admitted {
    const key = constraintKey(constraint);
    let known = this.#admitted.get(key);
    if (known === undefined) {
      const actions = Object.values(this.schema?.actions ?? {}).filter(({ uid }) =>
        this.#meets(uid, constraint),
      );
      const keys = new Set(actions.map(({ uid }) => uidKey(uid)));
      const environments = this.environments.filter(
        ({ action }) => action === null || keys.has(uidKey(action)),
      );
      known = { actions: keys, environments };
      this.#admitted.set(key, known);
    }
    return known;
  }

  #meets(action: EntityUidJson, constraint: ActionConstraintJson): boolean {
    if (constraint.op === "All") return true;
    if (constraint.op === "==") return uidKey(action) === uidKey(plainUid(constraint.entity));
    const groups = this.actionGroups(action);
    const wanted = "entities" in constraint ? constraint.entities : [constraint.entity];
    return wanted.some((entity) => groups.has(uidKey(plainUid(entity))));
  }

  isAction(type: string): boolean {
    return type === "Action" || type.endsWith("::Action");
  }
}

function constraintKey(constraint: ActionConstraintJson): string {
  if (constraint.op === "All") return "";
  const wanted = "entities" in constraint ? constraint.entities : [constraint.entity];
  return [constraint.op, ...wanted.map((entity) => uidKey(plainUid(entity)))].join(" ");
}

export function plainUid(ref: EntityRefJson): EntityUidJson {
  return "__entity" in ref ? ref.__entity : ref;
}

export function typeOfValue(value: CedarValueJson): SchemaType | null {
  if (typeof value === "boolean") return { type: "Boolean" };
  if (typeof value === "number" || typeof value === "bigint") return { type: "Long" };
  if (typeof value === "string") return { type: "String" };
  if (Array.isArray(value)) {
    const [first] = value;
    const element = first === undefined ? null : typeOfValue(first);
    return element && { type: "Set", element };
  }
  if ("__entity" in value) return { type: "Entity", name: (value.__entity as EntityUidJson).type };
  if ("__extn" in value) return extensionType((value.__extn as { fn: string }).fn);
  return null;
}

/** What an extension's constructor makes, or a method that has the same name for its result. */
export function extensionType(fn: string): SchemaType | null {
  switch (fn) {
    case "ip":
      return { type: "Extension", name: "ipaddr" };
    case "decimal":
    case "duration":
    case "datetime":
      return { type: "Extension", name: fn };
    default:
      return null;
  }
}

function closure(
  known: Map<string, ReadonlySet<string>>,
  start: string,
  above: (name: string) => readonly string[],
): ReadonlySet<string> {
  let found = known.get(start);
  if (found === undefined) {
    const seen = new Set<string>();
    const pending = [...above(start)];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      pending.push(...above(name));
    }
    found = seen;
    known.set(start, found);
  }
  return found;
}

function environmentsOf(schema: ResolvedSchema): Environment[] {
  const contextKeys = new Map<string, string>();
  return Object.values(schema.actions).flatMap(({ uid, principalTypes, resourceTypes, context }) => {
    const text = JSON.stringify(context);
    const contextKey = contextKeys.get(text) ?? String(contextKeys.size);
    contextKeys.set(text, contextKey);
    return principalTypes.flatMap((principal) =>
      resourceTypes.map((resource) => ({ principal, action: uid, resource, context, contextKey })),
    );
  });
}
