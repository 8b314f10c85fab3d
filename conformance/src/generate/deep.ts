import type { Choices } from "./choices.js";

/** One more level around an expression that is a boolean, which is a boolean again. */
const LEVELS: readonly ((inner: string) => string)[] = [
  (inner) => `!(${inner})`,
  (inner) => `(${inner}) && true`,
  (inner) => `false || (${inner})`,
  (inner) => `if (${inner}) then true else context has a`,
  (inner) => `if principal == resource then false else (${inner})`,
  (inner) => `({a: (${inner}), "": 1}).a`,
  (inner) => `[(${inner})].contains(true)`,
  (inner) => `[[(${inner})]] == [[true]]`,
  (inner) => `{a: {b: (${inner})}} == {a: {b: true}}`,
];

const CORES = [
  "principal == resource",
  "context has a",
  "principal in [resource]",
  "1 + true == 2",
  "[].isEmpty()",
];

/**
 * A condition of many levels, each a small one: what recurses, and what writes code, must bear it. Cedar's own parser
 * takes about a hundred levels, of which one of these takes up to five.
 */
export function genDeep(choices: Choices): string {
  let expression = choices.pick(CORES);
  for (let levels = 3 + choices.below(8); levels > 0; levels--) expression = choices.pick(LEVELS)(expression);
  return expression;
}
