import type { DecisionRequest, EvaluationSemantic } from "@cordon/engine";
import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { type SplitContext, splitContext } from "./credentials.js";
import { AuthzenError } from "./errors.js";
import { wirePointer } from "./evaluation.js";
import {
  type Identified,
  identifiedAt,
  type Named,
  namedAt,
  objectAt,
  stringAt,
  wrongType,
} from "./members.js";

export const SEMANTICS: readonly EvaluationSemantic[] = [
  "execute_all",
  "deny_on_first_deny",
  "permit_on_first_permit",
];

/** A batch as it was asked: the place of an item that can't be read is taken by its error. */
export interface Batch {
  readonly items: readonly (DecisionRequest | AuthzenError)[];
  readonly semantic: EvaluationSemantic;
  /** Where a pointer into the request of the readable item `index` lies in the body: in it, or in a default. */
  pointer(index: number, path: string): string;
}

type Part = "subject" | "action" | "resource" | "context";

/**
 * Reads the body of an Access Evaluations request. `undefined` means that it has no evaluations (absent or
 * empty), in which case AuthZEN wants it answered like a single evaluation.
 *
 * An item replaces a default as a whole, and falls back to it only for a REQUIRED member that the item
 * leaves out (certification scenario, "Batch with default value merging"): properties never mix.
 *
 * @throws AuthzenError where the fault concerns the whole payload
 */
export function decodeBatch(body: JsonValue, limit: number): Batch | undefined {
  const request = objectAt(body, "");
  const semantic = semanticOf(request);
  const { evaluations } = request;
  if (evaluations === undefined) return undefined;
  if (!Array.isArray(evaluations)) throw wrongType(evaluations, "an array", "/evaluations");
  if (evaluations.length === 0) return undefined;
  if (evaluations.length > limit) throw tooMany(evaluations.length, limit);
  const defaults = new Defaults(request);
  const items = evaluations.map((item, index) => decodeItem(item, index, defaults));
  return {
    items,
    semantic,
    pointer: (index, path) => itemPointer(evaluations[index] ?? null, index, path),
  };
}

function semanticOf(request: JsonObject): EvaluationSemantic {
  if (request.options === undefined) return "execute_all";
  const { evaluations_semantic: asked } = objectAt(request.options, "/options");
  if (asked === undefined) return "execute_all";
  const name = stringAt(asked, "/options", "evaluations_semantic");
  const known = SEMANTICS.find((semantic) => semantic === name);
  if (known !== undefined) return known;
  throw new AuthzenError(
    "unknown_semantic",
    `\`${name}\` is not an evaluation semantic`,
    "/options/evaluations_semantic",
    `use one of ${SEMANTICS.map((semantic) => `\`${semantic}\``).join(", ")}`,
  );
}

function tooMany(count: number, limit: number): AuthzenError {
  return new AuthzenError(
    "too_many_evaluations",
    `the batch has ${count} evaluations, but at most ${limit} are answered at once`,
    "/evaluations",
    "split the batch",
  );
}

function decodeItem(item: JsonValue, index: number, defaults: Defaults): DecisionRequest | AuthzenError {
  const at = `/evaluations/${index}`;
  try {
    const object = objectAt(item, at);
    const principal = defaults.identified(object, "subject", at);
    const action = defaults.named(object, at);
    const resource = defaults.identified(object, "resource", at);
    return { principal, action, resource, ...defaults.context(object, at) };
  } catch (error) {
    if (error instanceof AuthzenError) return error;
    throw error;
  }
}

/** The top-level members of a batch. Each may be incomplete, but what is there must be well-typed. */
class Defaults {
  readonly #parts: Partial<Record<Part, JsonObject>>;
  readonly #context: SplitContext;

  constructor(request: JsonObject) {
    this.#parts = {};
    for (const part of ["subject", "action", "resource", "context"] as const) {
      const value = request[part];
      if (value === undefined) continue;
      const object = objectAt(value, `/${part}`);
      if (part !== "context") checkTypes(object, `/${part}`);
      this.#parts[part] = object;
    }
    this.#context = this.#parts.context === undefined ? {} : splitContext(this.#parts.context, "/context");
  }

  /**
   * An item's context replaces the default one, but for the credentials, which are no part of what is asked:
   * an item without any is asked with those of the whole batch.
   */
  context(item: JsonObject, at: string): SplitContext {
    if (item.context === undefined) return this.#context;
    const own = splitContext(item.context, `${at}/context`);
    const { credentials } = this.#context;
    return own.credentials !== undefined || credentials === undefined ? own : { ...own, credentials };
  }

  identified(item: JsonObject, part: "subject" | "resource", at: string): Identified {
    return identifiedAt(this.#merged(item, part, at, ["type", "id"]), `${at}/${part}`);
  }

  named(item: JsonObject, at: string): Named {
    return namedAt(this.#merged(item, "action", at, ["name"]), `${at}/action`);
  }

  #merged(item: JsonObject, part: Part, at: string, required: readonly string[]): JsonValue | undefined {
    const fallback = this.#parts[part];
    if (item[part] === undefined) return fallback;
    const own = objectAt(item[part], `${at}/${part}`);
    if (fallback === undefined || required.every((member) => own[member] !== undefined)) return own;
    const merged: Record<string, JsonValue> = Object.assign(Object.create(null), own);
    for (const member of required) {
      const inherited = fallback[member];
      if (merged[member] === undefined && inherited !== undefined) merged[member] = inherited;
    }
    return merged;
  }
}

function checkTypes(object: JsonObject, pointer: string): void {
  for (const member of ["type", "id", "name"]) {
    // `name` of a subject and `type` of an action are unknown members, whose types are nobody's business.
    if ((member === "name") !== (pointer === "/action") || object[member] === undefined) continue;
    stringAt(object[member], pointer, member);
  }
  if (object.properties !== undefined) objectAt(object.properties, `${pointer}/properties`);
}

function itemPointer(item: JsonValue, index: number, path: string): string {
  if (path === "") return `/evaluations/${index}`;
  const wire = wirePointer(path);
  const [, part = "", member = ""] = wire.split("/");
  const own = (item as JsonObject)[part];
  const inherited = own === undefined || (isIdentifying(member) && (own as JsonObject)[member] === undefined);
  return inherited ? wire : `/evaluations/${index}${wire}`;
}

function isIdentifying(member: string): boolean {
  return member === "type" || member === "id" || member === "name";
}
