/**
 * Expressions and the semantics of their operators, for what turns them into something else: filters of
 * databases, for one. Whoever only decides needs none of it.
 */
export { Failure } from "../failure.js";
export {
  add,
  applyExtension,
  containsAll,
  containsAny,
  type ExtensionFunction,
  extensionFunction,
  getAttribute,
  getTag,
  greater,
  greaterOrEqual,
  isEmpty,
  isIn,
  less,
  lessOrEqual,
  like,
  multiply,
  type Pattern,
  subtract,
} from "../ops/index.js";
export { describeExpression } from "../policy/describe-expression.js";
export {
  type BinaryOperator,
  childrenOf,
  constantOf,
  type Expr,
  type UnaryOperator,
} from "../policy/expression.js";
export { quoteText } from "../value/text.js";
