export { add, multiply, negate, subtract } from "./arithmetic.js";
export { attributeOf, getAttribute, getTag, hasAttribute, hasPath, hasTag, memberOf } from "./attributes.js";
export { equal, greater, greaterOrEqual, less, lessOrEqual, not, notEqual } from "./comparison.js";
export { expectBool } from "./expect.js";
export { applyExtension, type ExtensionFunction, extensionFunction, missingFunction } from "./extensions.js";
export { entityIn, entityInAny, isIn, isOfType, knownIn, knownInAny, knownIsIn } from "./hierarchy.js";
export { like, type Pattern } from "./like.js";
export { contains, containsAll, containsAny, isEmpty } from "./sets.js";
export type { BinaryOp, UnaryOp } from "./types.js";
