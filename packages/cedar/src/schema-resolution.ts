import type { NamespaceDefinition, SchemaJson } from "@cedar-policy/cedar-wasm/nodejs";
import type {
  ActionSchema,
  AttributeSchema,
  EntityTypeSchema,
  EntityUidJson,
  RecordSchemaType,
  ResolvedSchema,
  SchemaType,
} from "@cordon/engine";
import { CedarError } from "./failures.js";
import { uidText } from "./uid-text.js";

/** A type as Cedar's JSON schema format writes it, before names are resolved. */
interface RawType {
  type: string;
  name?: string;
  element?: RawType;
  attributes?: Record<string, RawType & { required?: boolean }>;
}

type Namespace = NamespaceDefinition<string>;

const PRIMITIVES: Record<string, SchemaType> = {
  Bool: { type: "Boolean" },
  Boolean: { type: "Boolean" },
  Long: { type: "Long" },
  String: { type: "String" },
  ipaddr: { type: "Extension", name: "ipaddr" },
  decimal: { type: "Extension", name: "decimal" },
  datetime: { type: "Extension", name: "datetime" },
  duration: { type: "Extension", name: "duration" },
};

/**
 * Resolves a schema that Cedar accepted: every name becomes fully qualified and every common type is replaced
 * by what it stands for. A schema that Cedar didn't accept must not come here, since names are then assumed to
 * be declared, unambiguous and free of cycles.
 */
export function resolveSchema(json: SchemaJson<string>): ResolvedSchema {
  return new SchemaResolution(json).resolve();
}

class SchemaResolution {
  readonly #namespaces: Map<string, Namespace>;
  readonly #commonTypes = new Map<string, { raw: RawType; namespace: string; resolved?: SchemaType }>();
  readonly #entityTypes = new Set<string>();
  readonly #actions = new Set<string>();

  constructor(json: SchemaJson<string>) {
    this.#namespaces = new Map(Object.entries(json));
    for (const [namespace, definition] of this.#namespaces) {
      for (const [name, raw] of Object.entries(definition.commonTypes ?? {})) {
        this.#commonTypes.set(qualify(namespace, name), { raw: raw as RawType, namespace });
      }
      for (const name of Object.keys(definition.entityTypes)) this.#entityTypes.add(qualify(namespace, name));
      for (const id of Object.keys(definition.actions)) this.#actions.add(uidText(actionUid(namespace, id)));
    }
  }

  resolve(): ResolvedSchema {
    // Without a prototype: `__proto__` and `constructor` are names like any other.
    const entityTypes: Record<string, EntityTypeSchema> = Object.create(null);
    const actions: Record<string, ActionSchema> = Object.create(null);
    for (const [namespace, definition] of this.#namespaces) {
      for (const [name, raw] of Object.entries(definition.entityTypes)) {
        entityTypes[qualify(namespace, name)] = this.#entityType(raw, namespace);
      }
      for (const [id, raw] of Object.entries(definition.actions)) {
        const uid = actionUid(namespace, id);
        actions[uidText(uid)] = this.#action(uid, raw, namespace);
      }
    }
    return { entityTypes, actions };
  }

  #entityType(raw: Namespace["entityTypes"][string], namespace: string): EntityTypeSchema {
    if ("enum" in raw) return { memberOfTypes: [], attributes: Object.create(null), enum: [...raw.enum] };
    const tags = raw.tags === undefined ? undefined : this.#type(raw.tags as RawType, namespace);
    return {
      memberOfTypes: (raw.memberOfTypes ?? []).map((name) => this.#entityTypeName(name, namespace)),
      attributes: this.#recordType(raw.shape as RawType | undefined, namespace).attributes,
      ...(tags === undefined ? {} : { tags }),
    };
  }

  #action(uid: EntityUidJson, raw: Namespace["actions"][string], namespace: string): ActionSchema {
    const typeNames = (names: readonly string[] | undefined): string[] =>
      (names ?? []).map((name) => this.#entityTypeName(name, namespace));
    return {
      uid,
      memberOf: (raw.memberOf ?? []).map((parent) => this.#actionReference(parent, namespace)),
      principalTypes: typeNames(raw.appliesTo?.principalTypes),
      resourceTypes: typeNames(raw.appliesTo?.resourceTypes),
      context: this.#recordType(raw.appliesTo?.context as RawType | undefined, namespace),
    };
  }

  #actionReference(reference: { id: string; type?: string }, namespace: string): EntityUidJson {
    const { id, type = "Action" } = reference;
    const inNamespace = { type: qualify(namespace, type), id };
    return this.#actions.has(uidText(inNamespace)) ? inNamespace : { type, id };
  }

  #recordType(raw: RawType | undefined, namespace: string): RecordSchemaType {
    if (raw === undefined) return { type: "Record", attributes: Object.create(null) };
    const type = this.#type(raw, namespace);
    if (type.type === "Record") return type;
    throw notAccepted(`\`${raw.type}\` isn't a record type`);
  }

  #type(raw: RawType, namespace: string): SchemaType {
    switch (raw.type) {
      case "Long":
      case "String":
      case "Boolean":
        return { type: raw.type };
      case "Set":
        if (raw.element === undefined) throw notAccepted("a set type has no element type");
        return { type: "Set", element: this.#type(raw.element, namespace) };
      case "Record":
        return { type: "Record", attributes: this.#attributes(raw.attributes ?? {}, namespace) };
      case "Entity":
        return { type: "Entity", name: this.#entityTypeName(raw.name ?? "", namespace) };
      case "Extension":
        return this.#builtIn(raw.name ?? "");
      case "EntityOrCommon":
        return this.#named(raw.name ?? "", namespace);
      default:
        return this.#named(raw.type, namespace);
    }
  }

  #attributes(raw: NonNullable<RawType["attributes"]>, namespace: string): Record<string, AttributeSchema> {
    const attributes: Record<string, AttributeSchema> = Object.create(null);
    for (const [name, attribute] of Object.entries(raw)) {
      attributes[name] = { type: this.#type(attribute, namespace), required: attribute.required ?? true };
    }
    return attributes;
  }

  /** A name means, in this order: what its own namespace declares, what the empty one declares, a built-in. */
  #named(name: string, namespace: string): SchemaType {
    for (const candidate of new Set([qualify(namespace, name), name])) {
      const common = this.#commonTypes.get(candidate);
      if (common) {
        common.resolved ??= this.#type(common.raw, common.namespace);
        return common.resolved;
      }
      if (this.#entityTypes.has(candidate)) return { type: "Entity", name: candidate };
    }
    return this.#builtIn(name);
  }

  #builtIn(name: string): SchemaType {
    const bare = name.replace(/^__cedar::/, "");
    const type = Object.hasOwn(PRIMITIVES, bare) ? PRIMITIVES[bare] : undefined;
    if (type === undefined) throw notAccepted(`\`${name}\` isn't declared`);
    return type;
  }

  #entityTypeName(name: string, namespace: string): string {
    const qualified = qualify(namespace, name);
    return this.#entityTypes.has(qualified) ? qualified : name;
  }
}

/** A name that carries a namespace is absolute already. */
function qualify(namespace: string, name: string): string {
  return namespace === "" || name.includes("::") ? name : `${namespace}::${name}`;
}

/** The uid of an action that a namespace declares; the empty name is that of no namespace. */
export function actionUid(namespace: string, id: string): EntityUidJson {
  return { type: qualify(namespace, "Action"), id };
}

function notAccepted(reason: string): CedarError {
  return new CedarError("front_end_disagrees", `a schema that Cedar accepted can't be resolved: ${reason}`);
}
