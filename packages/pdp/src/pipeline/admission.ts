import {
  type AttributeSchema,
  CedarRecord,
  CedarSet,
  type CedarValueJson,
  decodeValue,
  EngineError,
  RequestError,
  type SchemaType,
  type Value,
} from "@cordon/engine";

/** What the caller sent that Cedar or the schema has no place for, as JSON pointers into the request. */
export type Ignored = string[];

/** Deeper than any value of a readable policy, and shallow enough for the stack. */
const MAX_DEPTH = 128;

/**
 * Takes the members of a request object as Cedar values.
 *
 * With a schema (`declared`), an undeclared or null member is left out and reported,
 * and one of another type than declared is an error: leaving it out as well could
 * keep a `forbid` from seeing it. Without a schema whatever Cedar can't hold is left
 * out and reported.
 *
 * @throws RequestError naming the member
 */
export function admitMembers(
  given: object,
  declared: Readonly<Record<string, AttributeSchema>> | null,
  pointer: string,
  ignored: Ignored,
  depth = 0,
): Map<string, Value> {
  const admitted = new Map<string, Value>();
  for (const name of Object.keys(given)) {
    const value: unknown = (given as Record<string, unknown>)[name];
    if (value === undefined) continue;
    const at = `${pointer}/${escapePointer(name)}`;
    if (declared !== null && !Object.hasOwn(declared, name)) {
      ignored.push(at);
      continue;
    }
    checkText(name, at);
    const admitted1 = admitValue(value, declared?.[name]?.type ?? null, at, ignored, depth + 1);
    if (admitted1 === undefined) ignored.push(at);
    else admitted.set(name, admitted1);
  }
  return admitted;
}

/** Undefined for a value that has no place. */
function admitValue(
  value: unknown,
  type: SchemaType | null,
  pointer: string,
  ignored: Ignored,
  depth: number,
): Value | undefined {
  if (value === null) return undefined;
  if (depth > MAX_DEPTH)
    throw malformed("too_deep", "the value is nested too deeply", pointer, `${MAX_DEPTH} levels is the most`);
  if (typeof value === "string") checkText(value, pointer);
  if (type === null) return admitUntyped(value, pointer, ignored, depth);
  if (type.type === "Record") {
    if (!isPlainObject(value)) return decode(value, type, pointer);
    const members = admitMembers(value, type.attributes, pointer, ignored, depth);
    requireMembers(members, type.attributes, pointer);
    return new CedarRecord(members);
  }
  if (type.type === "Set") return admitSet(value, type, pointer, ignored, depth);
  return decode(value, type, pointer);
}

function admitSet(
  value: unknown,
  type: Extract<SchemaType, { type: "Set" }>,
  pointer: string,
  ignored: Ignored,
  depth: number,
): Value {
  if (!Array.isArray(value)) return decode(value, type, pointer);
  const elements = value.map((element: unknown, index) => {
    const at = `${pointer}/${index}`;
    const admitted = admitValue(element, type.element, at, ignored, depth + 1);
    if (admitted === undefined) throw malformed("value_type", "a set can't hold null", at, "leave it out");
    return admitted;
  });
  return CedarSet.of(elements);
}

function admitUntyped(value: unknown, pointer: string, ignored: Ignored, depth: number): Value | undefined {
  if (typeof value === "number" && !Number.isInteger(value)) return undefined;
  if (Array.isArray(value)) {
    const elements: Value[] = [];
    for (const [index, element] of value.entries()) {
      const admitted = admitValue(element, null, `${pointer}/${index}`, ignored, depth + 1);
      // A set with an element missing is another set, so it goes as a whole.
      if (admitted === undefined) return undefined;
      elements.push(admitted);
    }
    return CedarSet.of(elements);
  }
  if (isPlainObject(value) && !Object.hasOwn(value, "__entity") && !Object.hasOwn(value, "__extn")) {
    return new CedarRecord(admitMembers(value, null, pointer, ignored, depth));
  }
  return decode(value, undefined, pointer);
}

function decode(value: unknown, type: SchemaType | undefined, pointer: string): Value {
  try {
    return decodeValue(toCedarJson(value, pointer), type);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const help = error.help ?? (type === undefined ? JSON_HELP : `send it as ${exampleOf(type)}`);
    throw malformed("value_type", error.message, `${pointer}${error.path ?? ""}`, help);
  }
}

const JSON_HELP = "send text, a whole number, true or false, or a list or object of these";

/** What a value of a type looks like in a request. */
function exampleOf(type: SchemaType): string {
  switch (type.type) {
    case "Boolean":
      return "`true` or `false`";
    case "Long":
      return "a whole number, such as `42`";
    case "String":
      return 'text, such as `"text"`';
    case "Set":
      return `a list, each element ${exampleOf(type.element)}`;
    case "Record":
      return `an object with ${Object.keys(type.attributes)
        .map((name) => `\`${name}\``)
        .join(", ")}`;
    case "Entity":
      return `an entity, such as \`{"type": "${type.name}", "id": "…"}\``;
    case "Extension":
      return EXTENSION_EXAMPLES[type.name];
  }
}

const EXTENSION_EXAMPLES = {
  decimal: 'a decimal, such as `1.5` or `"1.5000"`',
  ipaddr: 'an address or a range of them, such as `"10.0.0.1"` or `"10.0.0.0/8"`',
  datetime: 'a time, such as `"2026-01-31T08:00:00Z"`',
  duration: 'a length of time, such as `"1h30m"`',
} as const;

/** In-process callers may hand over a `Date`; anything else must be what JSON can say. */
function toCedarJson(value: unknown, pointer: string): CedarValueJson {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime()))
      throw malformed("value_type", "the date is invalid", pointer, "pass a `Date` that holds a time");
    return { __extn: { fn: "datetime", arg: value.toISOString() } };
  }
  switch (typeof value) {
    case "boolean":
    case "string":
    case "number":
    case "bigint":
      return value;
    case "object":
      return value as CedarValueJson;
    default:
      throw malformed("value_type", `a ${typeof value} is no value`, pointer, JSON_HELP);
  }
}

const requiredByAttributes = new WeakMap<object, readonly string[]>();

/** The required ones among declared attributes; found once a schema. */
function requiredNames(declared: Readonly<Record<string, AttributeSchema>>): readonly string[] {
  let names = requiredByAttributes.get(declared);
  if (names === undefined) {
    names = Object.keys(declared).filter((name) => declared[name]?.required);
    requiredByAttributes.set(declared, names);
  }
  return names;
}

/** @throws RequestError for the first declared member that is required and not there */
export function requireMembers(
  members: ReadonlyMap<string, Value>,
  declared: Readonly<Record<string, AttributeSchema>>,
  pointer: string,
  except?: ReadonlySet<string>,
): void {
  for (const name of requiredNames(declared)) {
    if (!members.has(name) && except?.has(name) !== true) {
      throw malformed(
        "member_missing",
        `\`${name}\` is missing`,
        `${pointer}/${escapePointer(name)}`,
        "the schema requires it; give it, or declare it optional with `?`",
      );
    }
  }
}

/** Text that UTF-8 can't hold would be logged as other text than was decided on. */
export function checkText(text: string, pointer: string): void {
  if (!(text as unknown as WellFormedText).isWellFormed()) {
    const help = "send the whole character, or both halves of its escape";
    throw malformed("text_not_unicode", "the text has half of a surrogate pair", pointer, help);
  }
}

/** Part of every JavaScript since Node 20, and of TypeScript's libraries since ES2024. */
interface WellFormedText {
  isWellFormed(): boolean;
}

export function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

export function malformed(code: string, message: string, path: string, help?: string): RequestError {
  return new RequestError(code, message, help === undefined ? { path } : { path, help });
}

export function escapePointer(name: string): string {
  return name.includes("~") || name.includes("/") ? name.replaceAll("~", "~0").replaceAll("/", "~1") : name;
}
