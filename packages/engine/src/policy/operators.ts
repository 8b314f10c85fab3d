import {
  add,
  type BinaryOp,
  contains,
  containsAll,
  containsAny,
  equal,
  getTag,
  greater,
  greaterOrEqual,
  hasTag,
  isEmpty,
  isIn,
  less,
  lessOrEqual,
  multiply,
  negate,
  not,
  notEqual,
  subtract,
  type UnaryOp,
} from "../ops/index.js";
import type { BinaryOperator, UnaryOperator } from "./expression.js";

export const UNARY_OPERATORS: ReadonlyMap<string, { operator: UnaryOperator; apply: UnaryOp }> = new Map(
  Object.entries({ "!": not, neg: negate, isEmpty } satisfies Record<UnaryOperator, UnaryOp>).map(
    ([operator, apply]) => [operator, { operator: operator as UnaryOperator, apply }],
  ),
);

export const BINARY_OPERATORS: ReadonlyMap<string, { operator: BinaryOperator; apply: BinaryOp }> = new Map(
  Object.entries({
    "==": equal,
    "!=": notEqual,
    in: isIn,
    "<": less,
    "<=": lessOrEqual,
    ">": greater,
    ">=": greaterOrEqual,
    "+": add,
    "-": subtract,
    "*": multiply,
    contains,
    containsAll,
    containsAny,
    getTag,
    hasTag,
  } satisfies Record<BinaryOperator, BinaryOp>).map(([operator, apply]) => [
    operator,
    { operator: operator as BinaryOperator, apply },
  ]),
);
