import type { ResolvedSchema } from "@cordon/engine";
import type { PolicySyntax } from "../syntax/index.js";
import { conditionMutations } from "./condition-mutations.js";
import type { Mutation } from "./mutant.js";
import { scopeMutations } from "./scope-mutations.js";

/** Every change of one policy that is tried. Some may not be valid, and some may mean the same. */
export function mutationsOf(syntax: PolicySyntax, text: string, schema: ResolvedSchema | null): Mutation[] {
  const { effect } = syntax.policy;
  const other = effect === "permit" ? "forbid" : "permit";
  return [
    { kind: "policy_removed", what: "the policy removed", span: { start: 0, end: text.length }, text: "" },
    { kind: "effect_swapped", what: `\`${effect}\` became \`${other}\``, span: syntax.effect, text: other },
    ...scopeMutations(syntax, schema),
    ...conditionMutations(syntax, text),
  ];
}
