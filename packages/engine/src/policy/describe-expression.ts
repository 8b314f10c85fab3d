import { attributeName, describeValue } from "../value/describe.js";
import { isIdentifier } from "../value/identifier.js";
import { escapeText, quoteText } from "../value/text.js";
import type { Value } from "../value/types.js";
import type { Expr } from "./expression.js";
import type { Constraint, ScopePart } from "./scope.js";

/** How tightly each form binds in Cedar's grammar, loosest first. */
const IF = 0;
const OR = 1;
const AND = 2;
const RELATION = 3;
const ADD = 4;
const MULTIPLY = 5;
const UNARY = 6;
const MEMBER = 7;

const ARITHMETIC: Readonly<Record<string, number>> = { "+": ADD, "-": ADD, "*": MULTIPLY };
const METHODS: ReadonlySet<string> = new Set(["contains", "containsAll", "containsAny", "getTag", "hasTag"]);

/** An expression as Cedar source on one line, with no more parentheses than it needs. */
export function describeExpression(expr: Expr): string {
  return print(expr, IF);
}

/** A scope constraint as Cedar source, such as `principal in Team::"support"`. */
export function describeConstraint(part: ScopePart, constraint: Constraint): string {
  switch (constraint.op) {
    case "any":
      return part;
    case "==":
      return `${part} == ${constraint.uid}`;
    case "in": {
      const uids = constraint.uids.join(", ");
      return `${part} in ${constraint.isList ? `[${uids}]` : uids}`;
    }
    case "is":
      return `${part} is ${constraint.type}${constraint.in === undefined ? "" : ` in ${constraint.in}`}`;
  }
}

function print(expr: Expr, needed: number): string {
  const [text, level] = printAt(expr);
  return level < needed ? `(${text})` : text;
}

/** The text, and how tightly it binds. */
function printAt(expr: Expr): readonly [string, number] {
  switch (expr.kind) {
    case "literal":
      // A negative number is a negation to the grammar.
      return [describeValue(expr.value), isNegative(expr.value) ? UNARY : MEMBER];
    case "variable":
      return [expr.name, MEMBER];
    case "and":
      return [expr.operands.map((operand) => print(operand, RELATION)).join(" && "), AND];
    case "or":
      return [expr.operands.map((operand) => print(operand, AND)).join(" || "), OR];
    case "if":
      return [
        `if ${print(expr.test, IF)} then ${print(expr.then, IF)} else ${print(expr.otherwise, IF)}`,
        IF,
      ];
    case "unary":
      return printUnary(expr);
    case "binary":
      return printBinary(expr);
    case "attribute":
      return [`${print(expr.operand, MEMBER)}${accessor(expr.name)}`, MEMBER];
    case "has":
      return printHas(expr);
    case "like":
      return [`${print(expr.operand, ADD)} like "${expr.pattern.map(escapePiece).join("*")}"`, RELATION];
    case "is": {
      const within = expr.in === undefined ? "" : ` in ${print(expr.in, ADD)}`;
      return [`${print(expr.operand, ADD)} is ${expr.type}${within}`, RELATION];
    }
    case "set":
      return [`[${expr.elements.map((element) => print(element, IF)).join(", ")}]`, MEMBER];
    case "record":
      return [
        `{${expr.values.map((value, i) => `${attributeName(expr.names[i] ?? "")}: ${print(value, IF)}`).join(", ")}}`,
        MEMBER,
      ];
    case "call":
      return [printCall(expr), MEMBER];
  }
}

function isNegative(value: Value): boolean {
  return (typeof value === "number" || typeof value === "bigint") && value < 0;
}

function printUnary(expr: Expr & { kind: "unary" }): readonly [string, number] {
  if (expr.operator === "isEmpty") return [`${print(expr.operand, MEMBER)}.isEmpty()`, MEMBER];
  const sign = expr.operator === "neg" ? "-" : "!";
  // `-` before a number would read as a negative literal.
  const operand =
    sign === "-" && expr.operand.kind === "literal"
      ? `(${print(expr.operand, IF)})`
      : print(expr.operand, UNARY);
  return [`${sign}${operand}`, UNARY];
}

function printBinary(expr: Expr & { kind: "binary" }): readonly [string, number] {
  if (METHODS.has(expr.operator)) {
    return [`${print(expr.left, MEMBER)}.${expr.operator}(${print(expr.right, IF)})`, MEMBER];
  }
  const level = ARITHMETIC[expr.operator];
  // Comparisons do not chain; arithmetic groups to the left.
  const [left, right] = level === undefined ? [ADD, ADD] : [level, level + 1];
  return [`${print(expr.left, left)} ${expr.operator} ${print(expr.right, right)}`, level ?? RELATION];
}

function printCall({ fn, args }: Expr & { kind: "call" }): string {
  const [receiver, ...rest] = args;
  if (fn.style === "function" || receiver === undefined) {
    return `${fn.name}(${args.map((arg) => print(arg, IF)).join(", ")})`;
  }
  return `${print(receiver, MEMBER)}.${fn.name}(${rest.map((arg) => print(arg, IF)).join(", ")})`;
}

function accessor(name: string): string {
  return isIdentifier(name) ? `.${name}` : `[${quoteText(name)}]`;
}

/** A path of several names is only for identifiers; others are asked for step by step, which means the same. */
function printHas({ operand, path }: Expr & { kind: "has" }): readonly [string, number] {
  if (path.length > 1 && !path.every(isIdentifier)) {
    const steps = path.map((name, index): Expr => {
      const holder = path
        .slice(0, index)
        .reduce((inner: Expr, attr): Expr => ({ kind: "attribute", operand: inner, name: attr }), operand);
      return { kind: "has", operand: holder, path: [name] };
    });
    return printAt({ kind: "and", operands: steps });
  }
  const names = path.length === 1 ? path.map(attributeName) : path;
  return [`${print(operand, ADD)} has ${names.join(".")}`, RELATION];
}

function escapePiece(piece: string): string {
  return escapeText(piece).replaceAll("*", "\\*");
}
