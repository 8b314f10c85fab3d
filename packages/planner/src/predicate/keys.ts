import type { Literal, Predicate, Term } from "./types.js";

const remembered = new WeakMap<object, string>();

/** Text that two nodes share exactly when they say the same. */
export function keyOf(node: Predicate | Term | Literal): string {
  const known = remembered.get(node);
  if (known !== undefined) return known;
  const key =
    "kind" in node && (node.kind === "and" || node.kind === "or") ? groupKey(node) : JSON.stringify(node);
  remembered.set(node, key);
  return key;
}

function groupKey({ kind, operands }: Predicate & { kind: "and" | "or" }): string {
  return `${kind}(${operands.map(keyOf).join()})`;
}
