import type { Diagnostic } from "@cordon/cedar";
import type { ActionSchema, Mask, ResolvedSchema, SchemaType } from "@cordon/engine";
import type { FieldRule } from "../fields/field-rules.js";
import { didYouMean } from "./did-you-mean.js";
import { SETTINGS_FILE } from "./project-files.js";
import type { Settings } from "./settings.js";

type Path = readonly PropertyKey[];
type Locate = (path: Path) => Diagnostic["range"];

/**
 * What the setting `fields` names and the schema doesn't have, or not so. With a slip of the finger an attribute would
 * need nothing beside the action itself, and everybody would see it.
 */
export function unfitFields(
  { fields }: Pick<Settings, "fields">,
  schema: ResolvedSchema | null,
  locate: Locate,
): Diagnostic[] {
  if (fields === undefined) return [];
  if (schema === null) {
    const message = "which attributes there are is for the schema to say, and there is none";
    return [diagnostic("settings_fields_no_schema", message, "add a schema", ["fields"], locate)];
  }
  const check = new FieldCheck(schema, locate);
  for (const [type, actions] of Object.entries(fields)) check.type(type, actions);
  return check.diagnostics;
}

class FieldCheck {
  readonly diagnostics: Diagnostic[] = [];
  readonly #schema: ResolvedSchema;
  readonly #locate: Locate;

  constructor(schema: ResolvedSchema, locate: Locate) {
    this.#schema = schema;
    this.#locate = locate;
  }

  type(type: string, actions: Readonly<Record<string, readonly FieldRule[]>>): void {
    const path = ["fields", type];
    if (!Object.hasOwn(this.#schema.entityTypes, type)) {
      const near = didYouMean(type, Object.keys(this.#schema.entityTypes));
      this.#report("settings_unknown_type", `the schema has no entity type \`${type}\``, near, path);
      return;
    }
    const seen = new Map<string, Map<string, string>>();
    for (const [action, rules] of Object.entries(actions)) {
      const model = this.#action(action, type, [...path, action]);
      const key = model === undefined ? action : `${model.uid.type} ${model.uid.id}`;
      const taken = seen.get(key) ?? new Map<string, string>();
      seen.set(key, taken);
      for (const [index, rule] of rules.entries()) this.#rule(type, rule, [...path, action, index], taken);
    }
  }

  #rule(type: string, rule: FieldRule, path: Path, taken: Map<string, string>): void {
    this.#action(rule.action, type, [...path, "action"]);
    if (rule.attributes === "*") {
      this.#once("*", rule.action, [...path, "attributes"], taken);
      if (typeof rule.mask === "object" && rule.mask !== null) this.#maskOfAll(type, rule.mask, path);
      return;
    }
    const declared = this.#schema.entityTypes[type]?.attributes ?? {};
    for (const [index, name] of rule.attributes.entries()) {
      const at = [...path, "attributes", index];
      this.#once(name, rule.action, at, taken);
      const attribute = Object.hasOwn(declared, name) ? declared[name] : undefined;
      if (attribute === undefined) {
        const near = didYouMean(name, Object.keys(declared));
        this.#report("settings_unknown_attribute", `\`${type}\` has no attribute \`${name}\``, near, at);
      } else if (!fits(rule.mask, attribute.type)) {
        const message = `the mask of \`${name}\` is no ${described(attribute.type)}`;
        this.#report("settings_unfit_mask", message, undefined, [...path, "mask"], MASK_HELP);
      }
    }
  }

  #maskOfAll(type: string, _mask: object, path: Path): void {
    const message = `\`*\` may be attributes of \`${type}\` that are no text`;
    this.#report("settings_unfit_mask", message, undefined, [...path, "mask"], MASK_HELP);
  }

  #once(name: string, action: string, path: Path, taken: Map<string, string>): void {
    const before = taken.get(name);
    taken.set(name, action);
    if (before === undefined) return;
    const message = `\`${name}\` already takes \`${before}\``;
    this.#report("settings_attribute_twice", message, undefined, path, "name it once: one action decides");
  }

  #action(name: string, type: string, path: Path): ActionSchema | undefined {
    const actions = Object.entries(this.#schema.actions);
    const [found, ...others] = actions
      .filter(
        ([
          uid,
          {
            uid: { id },
          },
        ]) => uid === name || id === name,
      )
      .map(([, action]) => action)
      .filter((action, _, all) => all.length === 1 || action.resourceTypes.includes(type));
    if (found === undefined) {
      const near = didYouMean(
        name,
        actions.map(([, { uid }]) => uid.id),
      );
      this.#report("settings_unknown_action", `the schema has no action \`${name}\``, near, path);
    } else if (!found.resourceTypes.includes(type)) {
      const message = `\`${name}\` does not apply to \`${type}\``;
      const help = `it applies to ${found.resourceTypes.map((one) => `\`${one}\``).join(", ") || "nothing"}`;
      this.#report("settings_action_not_applicable", message, undefined, path, help);
    } else if (others.length > 0) {
      const message = `several namespaces have an action \`${name}\` for \`${type}\``;
      this.#report("settings_action_ambiguous", message, undefined, path, 'write `Namespace::Action::"…"`');
    }
    return found;
  }

  #report(
    code: string,
    message: string,
    near: string | undefined,
    path: Path,
    otherwise = "name one of the schema",
  ): void {
    const help = near === undefined ? otherwise : `did you mean \`${near}\`?`;
    this.diagnostics.push(diagnostic(code, message, help, path, this.#locate));
  }
}

const MASK_HELP = "leave it out to hide them, write `null`, or give each type a rule of its own";

/** NULL stands for any value, a few characters for text alone. */
function fits(mask: Mask | undefined, { type }: SchemaType): boolean {
  switch (typeof mask) {
    case "undefined":
      return true;
    case "string":
      return type === "String";
    case "number":
      return type === "Long" && Number.isSafeInteger(mask);
    case "boolean":
      return type === "Boolean";
    default:
      return mask === null || type === "String";
  }
}

function described(type: SchemaType): string {
  return type.type === "Entity" || type.type === "Extension" ? type.name : type.type;
}

function diagnostic(code: string, message: string, help: string, path: Path, locate: Locate): Diagnostic {
  const range = locate(path) ?? locate(path.slice(0, -1));
  return {
    code,
    severity: "error",
    message,
    help,
    file: SETTINGS_FILE,
    ...(range === undefined ? {} : { range }),
  };
}
