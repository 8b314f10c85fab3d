import { isDeepStrictEqual } from "node:util";
import { type JsonObject, type JsonValue, setMember, stringifyJson } from "@cordon/engine/json";
import { attributeOf, bare, isObject, keyOf } from "./attributes.js";
import { type Filter, parseFilter } from "./filter.js";
import { type AttributePath, parseAttributePath } from "./path.js";
import { ScimError } from "./scim-error.js";

type Op = "add" | "remove" | "replace";

/** Where an operation applies: an attribute, perhaps some of its values, perhaps a part of those. */
interface Target {
  readonly path: AttributePath;
  readonly filter: Filter | null;
  /** The filter's own comparison where it is a single `eq`, so that `add` can make what isn't there. */
  readonly seed: JsonObject;
  readonly part: string | null;
}

const MAX_OPERATIONS = 1_000;

/**
 * Carries out a PATCH (RFC 7644, section 3.5.2) on a copy, also as the large identity providers write it: `op` in any
 * case, `remove` with the values to remove, paths as members of a value without a path.
 *
 * @throws ScimError
 */
export function patched(resource: JsonObject, body: JsonValue): JsonObject {
  const operations = isObject(body) ? attributeOf(body, "Operations") : undefined;
  if (!Array.isArray(operations) || operations.length === 0) {
    throw new ScimError(400, "invalidSyntax", "there are no `Operations`");
  }
  if (operations.length > MAX_OPERATIONS) {
    throw new ScimError(400, "invalidValue", `more than ${MAX_OPERATIONS} operations`);
  }
  const copy = structuredClone(resource);
  for (const operation of operations) apply(copy, operation);
  return copy;
}

function apply(resource: JsonObject, operation: JsonValue): void {
  if (!isObject(operation)) throw new ScimError(400, "invalidSyntax", "an operation is no object");
  const op = opOf(attributeOf(operation, "op"));
  const path = attributeOf(operation, "path");
  const value = attributeOf(operation, "value");
  if (path !== undefined && path !== null) {
    if (typeof path !== "string") throw new ScimError(400, "invalidPath", "a path is no text");
    applyAt(resource, op, parseTarget(path), value);
    return;
  }
  if (op === "remove") throw new ScimError(400, "noTarget", "`remove` needs a path");
  if (!isObject(value))
    throw new ScimError(400, "invalidValue", "without a path the value must be an object");
  for (const name of Object.keys(value)) applyAt(resource, op, parseTarget(name), value[name]);
}

function opOf(op: JsonValue | undefined): Op {
  const name = typeof op === "string" ? op.toLowerCase() : "";
  if (name === "add" || name === "remove" || name === "replace") return name;
  throw new ScimError(400, "invalidSyntax", "an operation is none of `add`, `remove`, `replace`");
}

const FILTERED = /^([^[\]]+)\[(.*)\](?:\.([A-Za-z$][\w$-]*))?$/s;
const SINGLE_EQ = /^\s*([A-Za-z$][\w$-]*)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)\s*$/i;

function parseTarget(text: string): Target {
  const [, attribute, filter, part] = FILTERED.exec(text) ?? [];
  if (attribute === undefined || filter === undefined) {
    return { path: parseAttributePath(text), filter: null, seed: bare(), part: null };
  }
  const [, name, value] = SINGLE_EQ.exec(filter) ?? [];
  const literal = value?.startsWith('"') ? value : value?.toLowerCase();
  const seed =
    name === undefined || literal === undefined ? bare() : bare([[name, JSON.parse(literal) as JsonValue]]);
  return { path: parseAttributePath(attribute), filter: parseFilter(filter), seed, part: part ?? null };
}

function applyAt(resource: JsonObject, op: Op, target: Target, value: JsonValue | undefined): void {
  if (op !== "remove" && value === undefined) throw new ScimError(400, "invalidValue", "a value is missing");
  const holder = holderOf(resource, target.path, op !== "remove");
  if (holder === undefined) return;
  const last = target.path.at(-1);
  if (last === undefined) {
    if (!isObject(value)) throw new ScimError(400, "invalidPath", "the path leads to the whole resource");
    for (const name of Object.keys(value)) applyAt(resource, op, parseTarget(name), value[name]);
    return;
  }
  const key = keyOf(holder, last) ?? last;
  if (target.filter !== null) applyFiltered(holder, key, op, target, target.filter, value);
  else if (op === "remove") removeFrom(holder, key, value);
  else if (op === "add") addTo(holder, key, value as JsonValue);
  else setAt(holder, key, value as JsonValue);
}

/** The object that has the last step of a path as its member. */
function holderOf(resource: JsonObject, path: AttributePath, makes: boolean): JsonObject | undefined {
  let holder = resource;
  for (const name of path.slice(0, -1)) {
    const key = keyOf(holder, name) ?? name;
    let next = Object.hasOwn(holder, key) ? holder[key] : undefined;
    if (!isObject(next)) {
      if (next !== undefined && next !== null)
        throw new ScimError(400, "invalidPath", `\`${name}\` has no parts`);
      if (!makes) return undefined;
      next = bare();
      setMember(holder, key, next);
    }
    holder = next;
  }
  return holder;
}

function setAt(holder: JsonObject, key: string, value: JsonValue): void {
  const before = Object.hasOwn(holder, key) ? holder[key] : undefined;
  // A complex attribute is replaced by what is given of it (RFC 7644, section 3.5.2.3).
  if (isObject(before) && isObject(value))
    for (const name of Object.keys(value)) setAt(before, keyOf(before, name) ?? name, value[name] ?? null);
  else if (value === null) delete holder[key];
  else setMember(holder, key, value);
}

function addTo(holder: JsonObject, key: string, value: JsonValue): void {
  const before = Object.hasOwn(holder, key) ? holder[key] : undefined;
  if (!Array.isArray(before)) {
    setAt(holder, key, value);
    return;
  }
  const added = Array.isArray(value) ? value : [value];
  const known = new Set(before.map(identityOf));
  const fresh = added.filter((one) => !known.has(identityOf(one)) || !before.some((old) => isSame(old, one)));
  setMember(holder, key, [...before, ...fresh]);
}

/** Without a value the attribute goes; with one, the values that are like it. */
function removeFrom(holder: JsonObject, key: string, value: JsonValue | undefined): void {
  const before = Object.hasOwn(holder, key) ? holder[key] : undefined;
  const given = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  if (given.length === 0 || !Array.isArray(before)) {
    delete holder[key];
    return;
  }
  const gone = new Set(given.map(identityOf));
  keep(
    holder,
    key,
    before.filter((one) => !gone.has(identityOf(one))),
  );
}

function applyFiltered(
  holder: JsonObject,
  key: string,
  op: Op,
  { seed, part }: Target,
  filter: Filter,
  value: JsonValue | undefined,
): void {
  const found = Object.hasOwn(holder, key) ? holder[key] : undefined;
  const values = Array.isArray(found) ? found : [];
  const meant = values.filter((one): one is JsonObject => isObject(one) && filter(one));
  if (op === "remove") {
    if (part === null) {
      keep(
        holder,
        key,
        values.filter((one) => !meant.some((gone) => gone === one)),
      );
    } else for (const one of meant) delete one[keyOf(one, part) ?? part];
    return;
  }
  if (meant.length === 0) {
    if (Object.keys(seed).length === 0)
      throw new ScimError(400, "noTarget", "no value fits the filter of the path");
    meant.push(bare(Object.entries(seed)));
    setMember(holder, key, [...values, ...meant]);
  }
  for (const one of meant) {
    if (part !== null) setAt(one, keyOf(one, part) ?? part, value as JsonValue);
    else if (isObject(value))
      for (const name of Object.keys(value)) setAt(one, keyOf(one, name) ?? name, value[name] ?? null);
    else throw new ScimError(400, "invalidValue", "the value of a filtered path must be an object");
  }
}

function keep(holder: JsonObject, key: string, values: JsonValue[]): void {
  if (values.length === 0) delete holder[key];
  else setMember(holder, key, values);
}

/** By what values of several are told apart: their `value`, or all of them. */
function identityOf(value: JsonValue): string {
  const own = isObject(value) ? attributeOf(value, "value") : value;
  return stringifyJson(own === undefined ? value : own);
}

function isSame(a: JsonValue, b: JsonValue): boolean {
  const byValue = isObject(a) && isObject(b) && attributeOf(a, "value") !== undefined;
  return byValue ? true : isDeepStrictEqual(a, b);
}
