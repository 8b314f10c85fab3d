export { ALWAYS, absent, amongst, and, complement, defined, isAtom, NEVER, negate, or } from "./build.js";
export { describePredicate } from "./describe.js";
export { termKey } from "./keys.js";
export { elementKind, entityTypeOf, type Kind, kindOf, kindOfLiteral, kindOfType } from "./kinds.js";
export { decimalText, entityLiteral, literalOf, literalValue } from "./literals.js";
export { parsePredicate } from "./parse.js";
export { isTerm, strictTerms } from "./strict-terms.js";
export * from "./types.js";
