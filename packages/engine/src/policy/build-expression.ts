import { extensionFunction, type Pattern } from "../ops/index.js";
import { pointer } from "../pointer.js";
import { buildLiteral } from "./build-literal.js";
import { callOf, checkDepth, recordOf, setOf } from "./construct.js";
import type { Expr } from "./expression.js";
import { BINARY_OPERATORS, UNARY_OPERATORS } from "./operators.js";
import { invalidPolicy, readArray, readMembers, readObject, readString, readTypeName } from "./reader.js";

const VARIABLES = ["principal", "action", "resource", "context"] as const;

/** What an expression mentions; gathered while building. */
export interface Mentions {
  readonly attributeNames: Set<string>;
}

interface Site {
  readonly path: string;
  readonly depth: number;
  readonly mentions: Mentions;
}

/**
 * Builds an expression from Cedar's JSON.
 *
 * @throws EngineError `policy_invalid`, `policy_too_deep`
 */
export function buildExpression(json: unknown, path: string, mentions: Mentions): Expr {
  return build(json, { path, depth: 0, mentions });
}

function build(json: unknown, site: Site): Expr {
  checkDepth(site.depth, site.path);
  const [operator, body] = readSingleMember(json, site.path);
  const { mentions } = site;
  const inner: Site = { path: pointer(site.path, operator), depth: site.depth + 1, mentions };
  if (operator === "&&" || operator === "||") return buildChain(operator, json, inner, site.path);
  const unary = UNARY_OPERATORS.get(operator);
  if (unary !== undefined) {
    const { arg } = readMembers(body, ["arg"], inner.path);
    return { kind: "unary", ...unary, operand: build(arg, at(inner, "arg")) };
  }
  const binary = BINARY_OPERATORS.get(operator);
  if (binary !== undefined) {
    const { left, right } = readMembers(body, ["left", "right"], inner.path);
    return {
      kind: "binary",
      ...binary,
      left: build(left, at(inner, "left")),
      right: build(right, at(inner, "right")),
    };
  }
  return buildSpecial(operator, body, inner);
}

function buildSpecial(operator: string, body: unknown, site: Site): Expr {
  switch (operator) {
    case "Value":
      return buildLiteral(body, site.path, site.depth);
    case "Var":
      return buildVariable(body, site.path);
    case "Slot":
      throw invalidPolicy(
        "found a template slot in a condition",
        site.path,
        "slots belong in the scope only",
      );
    case ".":
      return buildAttribute(body, site);
    case "has":
      return buildHas(body, site);
    case "like":
      return buildLike(body, site);
    case "is":
      return buildIs(body, site);
    case "if-then-else":
      return buildIf(body, site);
    case "Set":
      return setOf(readArray(body, site.path).map((element, index) => build(element, at(site, index))));
    case "Record":
      return buildRecord(body, site);
    default:
      return buildCall(operator, body, site);
  }
}

function at(site: Site, member: string | number): Site {
  return { path: pointer(site.path, member), depth: site.depth, mentions: site.mentions };
}

function readSingleMember(json: unknown, path: string): [string, unknown] {
  const object = readObject(json, path);
  const [first, second] = Object.keys(object);
  if (first === undefined) throw invalidPolicy("an empty object is not an expression", path);
  if (second === undefined) return [first, object[first]];
  throw invalidPolicy(`an expression has one key, but found \`${first}\` and \`${second}\``, path);
}

/** Collects the operands of nested uses of one connective, without recursion, in order. */
function buildChain(operator: "&&" | "||", json: unknown, site: Site, path: string): Expr {
  const operands: Expr[] = [];
  const pending: { json: unknown; path: string }[] = [{ json, path }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [name, body] = readSingleMember(next.json, next.path);
    if (name !== operator) {
      operands.push(build(next.json, { path: next.path, depth: site.depth, mentions: site.mentions }));
      continue;
    }
    const inner = pointer(next.path, name);
    const { left, right } = readMembers(body, ["left", "right"], inner);
    pending.push(
      { json: right, path: pointer(inner, "right") },
      { json: left, path: pointer(inner, "left") },
    );
  }
  return { kind: operator === "&&" ? "and" : "or", operands };
}

function buildVariable(body: unknown, path: string): Expr {
  const name = VARIABLES.find((variable) => variable === body);
  if (name !== undefined) return { kind: "variable", name };
  throw invalidPolicy(
    `unknown variable \`${String(body)}\``,
    path,
    `expected one of ${VARIABLES.join(", ")}`,
  );
}

function buildAttribute(body: unknown, site: Site): Expr {
  const { left, attr } = readMembers(body, ["left", "attr"], site.path);
  const name = readString(attr, pointer(site.path, "attr"));
  site.mentions.attributeNames.add(name);
  return { kind: "attribute", operand: build(left, at(site, "left")), name };
}

function buildHas(body: unknown, site: Site): Expr {
  const { left, attr } = readMembers(body, ["left", "attr"], site.path);
  const attrPath = pointer(site.path, "attr");
  const path =
    typeof attr === "string"
      ? [attr]
      : readArray(attr, attrPath).map((name, i) => readString(name, pointer(attrPath, i)));
  if (path.length === 0) throw invalidPolicy("`has` needs at least one attribute name", attrPath);
  for (const name of path) site.mentions.attributeNames.add(name);
  return { kind: "has", operand: build(left, at(site, "left")), path };
}

function buildLike(body: unknown, site: Site): Expr {
  const { left, pattern } = readMembers(body, ["left", "pattern"], site.path);
  const elements = readArray(pattern, pointer(site.path, "pattern"));
  return {
    kind: "like",
    operand: build(left, at(site, "left")),
    pattern: readPattern(elements, pointer(site.path, "pattern")),
  };
}

function readPattern(elements: readonly unknown[], path: string): Pattern {
  const pieces: string[] = [""];
  for (const [index, element] of elements.entries()) {
    if (element === "Wildcard") pieces.push("");
    else {
      const { Literal } = readMembers(element, ["Literal"], pointer(path, index));
      pieces[pieces.length - 1] += readString(Literal, pointer(path, index));
    }
  }
  return pieces;
}

function buildIs(body: unknown, site: Site): Expr {
  const members = readMembers(body, ["left", "entity_type", "in?"], site.path);
  return {
    kind: "is",
    operand: build(members.left, at(site, "left")),
    type: readTypeName(members.entity_type, pointer(site.path, "entity_type")),
    in: members.in === undefined ? undefined : build(members.in, at(site, "in")),
  };
}

function buildIf(body: unknown, site: Site): Expr {
  const members = readMembers(body, ["if", "then", "else"], site.path);
  return {
    kind: "if",
    test: build(members.if, at(site, "if")),
    // biome-ignore lint/suspicious/noThenProperty: an expression is data and never awaited
    then: build(members.then, at(site, "then")),
    otherwise: build(members.else, at(site, "else")),
  };
}

function buildRecord(body: unknown, site: Site): Expr {
  const entries = Object.entries(readObject(body, site.path));
  return recordOf(entries.map(([name, value]) => [name, build(value, at(site, name))]));
}

function buildCall(name: string, body: unknown, site: Site): Expr {
  const fn = extensionFunction(name);
  if (fn === undefined) throw invalidPolicy(`unknown operator or function \`${name}\``, site.path);
  const args = readArray(body, site.path).map((arg, index) => build(arg, at(site, index)));
  return callOf(fn, args);
}
