import { pointer } from "../pointer.js";
import { toLong } from "../value/long.js";
import { callOf, checkDepth, recordOf, setOf } from "./construct.js";
import type { Expr } from "./expression.js";
import { invalidPolicy, jsonKind, readArray, readEntityRef, readObject, readString } from "./reader.js";

/** Builds the `Value` of a policy. Extension constants stay calls: an invalid one errs when evaluated. */
export function buildLiteral(json: unknown, path: string, depth: number): Expr {
  checkDepth(depth, path);
  switch (typeof json) {
    case "boolean":
    case "string":
      return { kind: "literal", value: json };
    case "number":
    case "bigint":
      return { kind: "literal", value: readLong(json, path) };
    case "object":
      if (json === null) break;
      return Array.isArray(json)
        ? setOf(json.map((v, i) => buildLiteral(v, pointer(path, i), depth + 1)))
        : buildObject(json, path, depth);
  }
  throw invalidPolicy(`expected a value, got ${jsonKind(json)}`, path);
}

function buildObject(json: object, path: string, depth: number): Expr {
  if (Object.hasOwn(json, "__entity")) return { kind: "literal", value: readEntityRef(json, path) };
  if (Object.hasOwn(json, "__extn")) {
    return buildExtension((json as { __extn: unknown }).__extn, pointer(path, "__extn"), depth);
  }
  const entries = Object.entries(json);
  return recordOf(
    entries.map(([name, value]) => [name, buildLiteral(value, pointer(path, name), depth + 1)]),
  );
}

function buildExtension(json: unknown, path: string, depth: number): Expr {
  const object = readObject(json, path);
  const name = readString(object.fn, pointer(path, "fn"));
  const args = object.args === undefined ? [object.arg] : readArray(object.args, pointer(path, "args"));
  return callOf(
    name,
    args.map((arg) => buildLiteral(arg, path, depth + 1)),
    path,
  );
}

function readLong(json: number | bigint, path: string) {
  const long = Number.isInteger(json) || typeof json === "bigint" ? toLong(BigInt(json)) : undefined;
  if (long !== undefined) return long;
  throw invalidPolicy(`\`${json}\` is not a 64-bit integer`, path);
}
