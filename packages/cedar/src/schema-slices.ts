import type { SchemaJson } from "@cedar-policy/cedar-wasm/nodejs";
import type { ActionConstraintJson, EntityRefJson, ResolvedSchema } from "@cordon/engine";
import { actionUid } from "./schema-resolution.js";
import { uidText } from "./uid-text.js";

/**
 * A schema in which only some actions apply to anything. Validation types a policy once for every action, principal
 * and resource that the schema lets meet, though the scope of most policies leaves a single action of hundreds: the
 * others, of which the scope is known to be false, cost nearly all of the time and never add a finding.
 */
export class SchemaSlices {
  readonly #json: SchemaJson<string>;
  readonly #members = new Map<string, string[]>();
  readonly #descendants = new Map<string, readonly string[]>();

  /** @param schema the same one as `json`, resolved */
  constructor(json: SchemaJson<string>, { actions }: ResolvedSchema) {
    this.#json = json;
    for (const [uid, { memberOf }] of Object.entries(actions)) {
      for (const parent of memberOf.map(uidText)) {
        const members = this.#members.get(parent);
        if (members === undefined) this.#members.set(parent, [uid]);
        else members.push(uid);
      }
    }
  }

  /** The actions for which a scope can hold, as text; null for any. */
  actionsOf(constraint: ActionConstraintJson): readonly string[] | null {
    if (constraint.op === "All") return null;
    if (constraint.op === "==") return [referenceText(constraint.entity)];
    const groups = "entities" in constraint ? constraint.entities : [constraint.entity];
    return [...new Set(groups.flatMap((group) => this.#within(group)))];
  }

  #within(group: EntityRefJson): readonly string[] {
    const text = referenceText(group);
    let found = this.#descendants.get(text);
    if (found === undefined) {
      const reached = new Set([text]);
      // A set iterates over what is added meanwhile as well.
      for (const uid of reached) for (const member of this.#members.get(uid) ?? []) reached.add(member);
      found = [...reached];
      this.#descendants.set(text, found);
    }
    return found;
  }

  /** The schema, in which every action but these is declared still but applies to nothing. */
  only(actions: ReadonlySet<string>): SchemaJson<string> {
    const namespaces = Object.entries(this.#json).map(([namespace, definition]) => {
      const kept = Object.entries(definition.actions).map(([id, action]) => {
        const { appliesTo: _, ...declared } = action;
        return [id, actions.has(uidText(actionUid(namespace, id))) ? action : declared];
      });
      return [namespace, { ...definition, actions: Object.fromEntries(kept) }];
    });
    return Object.fromEntries(namespaces);
  }
}

function referenceText(reference: EntityRefJson): string {
  return uidText("__entity" in reference ? reference.__entity : reference);
}
