import type { Entities } from "../entities/types.js";
import type { Value } from "../value/types.js";

/**
 * Operators are pure functions of evaluated operands; they throw a Failure where Cedar has an error.
 * Whoever evaluates (interpreter, compiled code, partial evaluation) decides only which operands to evaluate.
 */
export type UnaryOp = (operand: Value) => Value;
export type BinaryOp = (left: Value, right: Value, entities: Entities) => Value;
