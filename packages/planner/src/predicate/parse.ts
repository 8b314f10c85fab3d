import { PlanError } from "../plan-error.js";
import { PREDICATE_VERSION, type RowPredicate } from "./types.js";

type Check = (json: unknown, path: string) => void;

const MAX_DEPTH = 500;

/**
 * Reads a predicate that came as JSON, from a server for one.
 *
 * @throws PlanError `predicate_invalid`, also for a version that isn't known: it may mean something else
 */
export function parsePredicate(json: unknown): RowPredicate {
  const object = objectAt(json, "");
  if (object.version !== PREDICATE_VERSION) {
    throw invalid("/version", `unknown version of a predicate: expected ${PREDICATE_VERSION}`);
  }
  text(object.resourceType, "/resourceType");
  condition(object.condition, "/condition");
  return json as RowPredicate;
}

function condition(json: unknown, path: string): void {
  kindOf(json, path, CONDITIONS);
}

function term(json: unknown, path: string): void {
  kindOf(json, path, TERMS);
}

/** An object whose `kind` says which members it has. */
function kindOf(
  json: unknown,
  path: string,
  kinds: Readonly<Record<string, Readonly<Record<string, Check>>>>,
): void {
  if (path.split("/").length > MAX_DEPTH) throw invalid(path, "the predicate nests too deep");
  const object = objectAt(json, path);
  const kind =
    typeof object.kind === "string" && Object.hasOwn(kinds, object.kind) ? kinds[object.kind] : undefined;
  if (kind === undefined) throw invalid(`${path}/kind`, "unknown kind of node");
  for (const [name, check] of Object.entries(kind)) check(object[name], `${path}/${name}`);
}

function objectAt(json: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof json === "object" && json !== null && !Array.isArray(json))
    return json as Record<string, unknown>;
  throw invalid(path, "expected an object");
}

function text(json: unknown, path: string): void {
  if (typeof json !== "string") throw invalid(path, "expected text");
}

function flag(json: unknown, path: string): void {
  if (typeof json !== "boolean") throw invalid(path, "expected true or false");
}

function integer(json: unknown, path: string): void {
  if (typeof json !== "string" || !/^-?[0-9]{1,19}$/.test(json))
    throw invalid(path, "expected an integer as text");
}

function listOf(check: Check): Check {
  return (json, path) => {
    if (!Array.isArray(json)) throw invalid(path, "expected a list");
    for (const [index, element] of json.entries()) check(element, `${path}/${index}`);
  };
}

function oneOf(...words: readonly string[]): Check {
  return (json, path) => {
    if (typeof json !== "string" || !words.includes(json))
      throw invalid(path, `expected one of ${words.join(", ")}`);
  };
}

function literal(json: unknown, path: string): void {
  const object = objectAt(json, path);
  const type =
    typeof object.type === "string" && Object.hasOwn(LITERALS, object.type)
      ? LITERALS[object.type]
      : undefined;
  if (type === undefined) throw invalid(`${path}/type`, "unknown type of a literal");
  for (const [name, check] of Object.entries(type)) check(object[name], `${path}/${name}`);
}

function entity(json: unknown, path: string): void {
  oneOf("Entity")(objectAt(json, path).type, `${path}/type`);
  literal(json, path);
}

function schemaType(json: unknown, path: string): void {
  const type = objectAt(json, path);
  switch (type.type) {
    case "Boolean":
    case "Long":
    case "String":
      return;
    case "Entity":
      text(type.name, `${path}/name`);
      return;
    case "Extension":
      oneOf("ipaddr", "decimal", "datetime", "duration")(type.name, `${path}/name`);
      return;
    case "Set":
      schemaType(type.element, `${path}/element`);
      return;
    case "Record": {
      const members = objectAt(type.attributes, `${path}/attributes`);
      for (const [name, member] of Object.entries(members)) {
        const at = `${path}/attributes/${name}`;
        schemaType(objectAt(member, at).type, `${at}/type`);
      }
      return;
    }
    default:
      throw invalid(`${path}/type`, "unknown type");
  }
}

function rowType(json: unknown, path: string): void {
  oneOf("Entity")(objectAt(json, path).type, `${path}/type`);
  schemaType(json, path);
}

/** What it is of: entities by name, or the entity that a term comes to. */
function ancestors(json: unknown, path: string): void {
  if (Array.isArray(json)) listOf(entity)(json, path);
  else term(json, path);
}

const LITERALS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  String: { value: text },
  Boolean: { value: flag },
  Long: { value: integer },
  Entity: { name: text, id: text },
  datetime: { value: integer },
  duration: { value: integer },
  decimal: { value: integer },
  ipaddr: { value: text },
  Set: { elements: listOf(literal) },
};

const TERMS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  literal: { value: literal },
  row: { type: rowType },
  attribute: { of: term, name: text, type: schemaType },
  tag: { of: term, key: term, type: schemaType },
  arithmetic: { operator: oneOf("+", "-", "*"), left: term, right: term },
  call: {
    fn: oneOf(
      "offset",
      "durationSince",
      "toDate",
      "toTime",
      "toMilliseconds",
      "toSeconds",
      "toMinutes",
      "toHours",
      "toDays",
    ),
    args: listOf(term),
  },
};

const CONDITIONS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  always: {},
  never: {},
  and: { operands: listOf(condition) },
  or: { operands: listOf(condition) },
  unexpressed: { policyId: text, clause: text },
  defined: { term },
  absent: { term },
  compare: { operator: oneOf("==", "!=", "<", "<=", ">", ">="), left: term, right: term },
  among: { negated: flag, term, values: listOf(literal) },
  like: { negated: flag, term, pattern: listOf(text) },
  contains: { negated: flag, set: term, element: term },
  containsAll: { negated: flag, left: term, right: term },
  containsAny: { negated: flag, left: term, right: term },
  isEmpty: { negated: flag, set: term },
  within: { negated: flag, member: term, of: ancestors },
  inRange: { negated: flag, address: term, range: term },
  isIpv4: { negated: flag, address: term },
};

function invalid(path: string, message: string): PlanError {
  return new PlanError("predicate_invalid", message, { path });
}
