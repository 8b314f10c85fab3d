import { extensionFunction, missingFunction } from "../ops/index.js";
import { pointer } from "../pointer.js";
import { EXPRESSION_ESCAPE, readEscape } from "../value/escapes.js";
import { toLong } from "../value/long.js";
import { callOf, checkDepth, recordOf, setOf } from "./construct.js";
import type { Expr } from "./expression.js";
import { invalidPolicy, jsonKind, readEntityRef } from "./reader.js";

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
  const escaped = readEscape(json);
  switch (escaped?.kind) {
    case "entity":
      return { kind: "literal", value: readEntityRef(json, path) };
    case "extension":
      return buildExtension(escaped, pointer(path, "__extn"), depth);
    case "expression":
      throw invalidPolicy(EXPRESSION_ESCAPE.message, path, EXPRESSION_ESCAPE.help);
    case undefined:
      return recordOf(
        Object.entries(json).map(([name, value]) => [
          name,
          buildLiteral(value, pointer(path, name), depth + 1),
        ]),
      );
  }
}

/** A function that does not exist is an error of evaluation here, though one of the format in an expression. */
function buildExtension(call: { fn: string; args: readonly unknown[] }, path: string, depth: number): Expr {
  return callOf(
    extensionFunction(call.fn) ?? missingFunction(call.fn),
    call.args.map((arg) => buildLiteral(arg, path, depth + 1)),
  );
}

function readLong(json: number | bigint, path: string) {
  const long = Number.isInteger(json) || typeof json === "bigint" ? toLong(BigInt(json)) : undefined;
  if (long !== undefined) return long;
  throw invalidPolicy(`\`${json}\` is not a 64-bit integer`, path);
}
