import { EngineError } from "../errors.js";
import { Failure } from "../failure.js";
import { applyExtension, extensionFunction } from "../ops/extensions.js";
import { pathOf, type Site, siteAt, within } from "../pointer.js";
import type { AttributeSchema, SchemaType } from "../schema.js";
import { describeValue } from "../value/describe.js";
import { EntityUid, isEntityTypeName } from "../value/entity-uid.js";
import { EXPRESSION_ESCAPE, readCall, readEscape } from "../value/escapes.js";
import { toLong } from "../value/long.js";
import { CedarRecord } from "../value/record.js";
import { CedarSet } from "../value/set.js";
import { typeName } from "../value/type-name.js";
import type { CedarValueJson, Value } from "../value/types.js";
import { expectedTypeName, hasType, requiredNames } from "./schema-types.js";

const MAX_DEPTH = 500;
const NOTHING: Readonly<Record<string, unknown>> = {};
const CONSTRUCTORS = {
  ipaddr: "ip",
  decimal: "decimal",
  datetime: "datetime",
  duration: "duration",
} as const;

/**
 * Reads a value from Cedar's JSON. With `expected`, the schema's type, the forms that JSON alone leaves open
 * are read by it: text as an extension value, `{type, id}` as an entity, `{fn, arg}` as a call,
 * a number with a fraction as a decimal.
 *
 * @param path JSON pointer of `json`, for errors
 * @throws EngineError `value_invalid`, `value_type`, `extension_value`
 */
export function decodeValue(json: CedarValueJson, expected?: SchemaType, path = ""): Value {
  return decode(json, expected, siteAt(path));
}

/** As {@link decodeValue}, for values within others: a place costs less than its pointer. */
export function decodeAt(json: CedarValueJson, expected: SchemaType | undefined, site: Site): Value {
  return decode(json, expected, { ...site, depth: 0 });
}

/** Reads a record, such as a context, whose attributes the schema may declare. */
export function decodeRecord(
  json: Readonly<Record<string, CedarValueJson>>,
  attributes?: Readonly<Record<string, AttributeSchema>>,
  path = "",
): CedarRecord {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new EngineError("value_invalid", `expected an object, got ${describeJson(json)}`, { path });
  }
  return decodeMembers(json, attributes, siteAt(path));
}

/** Reads `{type, id}`, plain or in `__entity`. */
export function decodeUid(json: unknown, path = ""): EntityUid {
  return decodeUidAt(json, siteAt(path));
}

export function decodeUidAt(json: unknown, site: Site): EntityUid {
  const object = typeof json === "object" && json !== null ? (json as Record<string, unknown>) : NOTHING;
  if (Object.hasOwn(object, "__entity")) return decodeUidAt(object.__entity, within(site, "__entity"));
  const { type, id } = object;
  if (typeof type === "string" && typeof id === "string" && isEntityTypeName(type))
    return EntityUid.of(type, id);
  throw new EngineError(
    "value_invalid",
    `expected a literal entity reference, but got ${describeJson(json)}`,
    {
      path: pathOf(site),
      help: 'literal entity references can be made with `{ "type": "SomeType", "id": "SomeId" }`',
    },
  );
}

function decode(json: unknown, expected: SchemaType | undefined, site: Site): Value {
  const value = decodeAny(json, expected, site);
  if (expected !== undefined && !hasType(value, expected)) {
    throw new EngineError(
      "value_type",
      `type mismatch: value was expected to have type ${expectedTypeName(expected)}, ` +
        `but it actually has type ${typeName(value)}: \`${describeValue(value)}\``,
      { path: pathOf(site) },
    );
  }
  return value;
}

function decodeAny(json: unknown, expected: SchemaType | undefined, site: Site): Value {
  if (site.depth > MAX_DEPTH) {
    throw new EngineError("value_invalid", `the value nests deeper than ${MAX_DEPTH} levels`, {
      path: pathOf(site),
    });
  }
  switch (typeof json) {
    case "boolean":
      return json;
    case "string":
      return expected?.type === "Extension" ? call(CONSTRUCTORS[expected.name], [json], site) : json;
    case "number":
    case "bigint":
      return decodeNumber(json, expected, site);
    case "object":
      if (json === null) break;
      if (Array.isArray(json)) {
        const element = expected?.type === "Set" ? expected.element : undefined;
        return CedarSet.of(json.map((item, index) => decode(item, element, within(site, index))));
      }
      return decodeObject(json as Readonly<Record<string, unknown>>, expected, site);
  }
  throw new EngineError("value_invalid", `found ${describeJson(json)}, which is not a Cedar value`, {
    path: pathOf(site),
  });
}

function decodeNumber(json: number | bigint, expected: SchemaType | undefined, site: Site): Value {
  if (typeof json === "number" && expected?.type === "Extension" && expected.name === "decimal") {
    return call("decimal", [decimalText(json)], site);
  }
  if (Number.isSafeInteger(json)) return (json as number) + 0;
  const long = typeof json === "bigint" ? toLong(json) : undefined;
  if (long !== undefined) return long;
  throw new EngineError("value_invalid", `\`${json}\` is not a 64-bit integer`, {
    path: pathOf(site),
    help:
      typeof json === "number" && Number.isInteger(json)
        ? "beyond 2^53 a JavaScript number loses digits: pass a bigint, or parse with `parseJson`"
        : "Cedar has no floating-point numbers; use a decimal",
  });
}

/** As the constructor wants it: never an exponent, always a fraction. */
function decimalText(number: number): string {
  if (Number.isInteger(number) && Math.abs(number) < 1e21) return `${number}.0`;
  const text = String(number);
  return text.includes("e-") ? number.toFixed(20).replace(/0+$/, "") : text;
}

function decodeObject(
  json: Readonly<Record<string, unknown>>,
  expected: SchemaType | undefined,
  site: Site,
): Value {
  const escaped = readEscape(json);
  if (escaped?.kind === "entity" || expected?.type === "Entity") return decodeUidAt(json, site);
  if (escaped?.kind === "extension") return decodeCall(escaped, within(site, "__extn"));
  if (escaped?.kind === "expression") {
    throw new EngineError("value_invalid", EXPRESSION_ESCAPE.message, {
      path: pathOf(site),
      help: EXPRESSION_ESCAPE.help,
    });
  }
  const implicit = expected?.type === "Extension" ? readCall(json) : undefined;
  if (implicit !== undefined) return decodeCall(implicit, site);
  return decodeMembers(json, expected?.type === "Record" ? expected.attributes : undefined, site);
}

function decodeMembers(
  json: Readonly<Record<string, unknown>>,
  attributes: Readonly<Record<string, AttributeSchema>> | undefined,
  site: Site,
): CedarRecord {
  const members = new Map<string, Value>();
  for (const name of Object.keys(json)) {
    const member = json[name];
    const declared = attributes && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (attributes !== undefined && declared === undefined) {
      throw new EngineError(
        "value_type",
        `record attribute \`${name}\` should not exist according to the schema`,
        {
          path: pathOf(within(site, name)),
        },
      );
    }
    members.set(name, decode(member, declared?.type, within(site, name)));
  }
  for (const name of attributes === undefined ? [] : requiredNames(attributes)) {
    if (!members.has(name)) {
      throw new EngineError(
        "value_type",
        `expected the record to have an attribute \`${name}\`, but it does not`,
        { path: pathOf(site) },
      );
    }
  }
  return new CedarRecord(members);
}

/** An argument is read by the type that the function takes. */
function decodeCall({ fn, args }: { fn: string; args: readonly unknown[] }, site: Site): Value {
  const types = Object.hasOwn(ARGUMENT_TYPES, fn) ? (ARGUMENT_TYPES[fn] ?? []) : [];
  const inner = { ...site, depth: site.depth + 1 };
  return call(
    fn,
    args.map((arg, index) => decodeAny(arg, types[index], inner)),
    site,
  );
}

/** Where arguments other than text make an extension value: an offset from a datetime. */
const ARGUMENT_TYPES: Readonly<Record<string, readonly SchemaType[]>> = {
  offset: [
    { type: "Extension", name: "datetime" },
    { type: "Extension", name: "duration" },
  ],
};

function call(name: string, args: readonly Value[], site: Site): Value {
  const fn = extensionFunction(name);
  if (fn === undefined) {
    throw new EngineError("extension_value", `extension function \`${name}\` does not exist`, {
      path: pathOf(site),
    });
  }
  try {
    return applyExtension(fn, args);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new EngineError("extension_value", error.message, { path: pathOf(site), help: error.help });
  }
}

function describeJson(json: unknown): string {
  if (json === undefined) return "nothing";
  if (typeof json === "function" || typeof json === "symbol") return `a ${typeof json}`;
  if (typeof json === "object" && json !== null) return Array.isArray(json) ? "an array" : "an object";
  return `\`${typeof json === "string" ? JSON.stringify(json) : String(json)}\``;
}
