import type { Choices } from "./choices.js";
import { genDeep } from "./deep.js";
import { ExpressionGenerator, type Scope } from "./expressions.js";
import { quote } from "./text.js";
import type { Action, Vocabulary } from "./types.js";
import { genUid, type Uid, uidSource } from "./values.js";

export interface GeneratedPolicies {
  staticPolicies: string[];
  templates: Record<string, string>;
  templateLinks: { templateId: string; newId: string; values: Record<string, Uid> }[];
}

const BOOL = { kind: "Bool" } as const;

export function genPolicies(choices: Choices, vocabulary: Vocabulary): GeneratedPolicies {
  if (choices.chance(0.5)) {
    const staticPolicies = choices.list(4, 16, () => genQuestion(choices, vocabulary));
    return { staticPolicies, templates: {}, templateLinks: [] };
  }
  const generated: GeneratedPolicies = {
    staticPolicies: choices.list(1, 4, () => genPolicy(choices, vocabulary, false).source),
    templates: {},
    templateLinks: [],
  };
  if (!choices.chance(0.4)) return generated;
  for (const name of ["t", "template 2"].slice(0, 1 + choices.below(2))) {
    const { source, slots } = genPolicy(choices, vocabulary, true);
    generated.templates[name] = source;
    const links = choices.list(0, 2, (index) => ({
      templateId: name,
      newId: `${name} link ${index}`,
      values: Object.fromEntries(slots.map((slot) => [slot, anyUid(choices, vocabulary)])),
    }));
    generated.templateLinks.push(...links);
  }
  return generated;
}

/**
 * A policy that applies to all and asks one small question. All being permits, an answer tells the outcome of
 * each: in larger expressions and policies most outcomes are hidden by what surrounds them.
 */
function genQuestion(choices: Choices, vocabulary: Vocabulary): string {
  const action = choices.pick(vocabulary.actions.slice(0, 3));
  const [principal, resource] = [choices.pick(action.principals), choices.pick(action.resources)];
  const expressions = new ExpressionGenerator(choices, {
    vocabulary,
    principal,
    resource,
    context: action.context,
  });
  const kind = choices.chance(0.1) ? "unless" : "when";
  const question = choices.chance(0.03) ? genDeep(choices) : expressions.question(1 + choices.below(2));
  return `permit(principal, action, resource) ${kind} { ${question} };`;
}

function genPolicy(
  choices: Choices,
  vocabulary: Vocabulary,
  asTemplate: boolean,
): { source: string; slots: string[] } {
  const action = choices.pick(vocabulary.actions.slice(0, 3));
  const principal = choices.pick(action.principals);
  const resource = choices.pick(action.resources);
  // A template needs a slot; which one, or both, is drawn first.
  const slots = asTemplate ? choices.pick([["?principal"], ["?resource"], ["?principal", "?resource"]]) : [];
  const scope: Scope = { vocabulary, principal, resource, context: action.context };
  const head = [
    entityConstraint(choices, vocabulary, "principal", principal, slots.includes("?principal")),
    actionConstraint(choices, vocabulary, action),
    entityConstraint(choices, vocabulary, "resource", resource, slots.includes("?resource")),
  ];
  const annotation = choices.chance(0.1) ? `@note(${quote("é😀; permit")}) // comment;\n` : "";
  const effect = choices.chance(0.3) ? "forbid" : "permit";
  return { source: `${annotation}${effect}(${head.join(", ")})${clauses(choices, scope)};`, slots };
}

function clauses(choices: Choices, scope: Scope): string {
  const expressions = new ExpressionGenerator(choices, scope);
  const depth = 1 + choices.below(4);
  return choices
    .list(0, 2, () => {
      const kind = choices.chance(0.3) ? "unless" : "when";
      return ` ${kind} { ${expressions.expression(BOOL, depth)} }`;
    })
    .join("");
}

function entityConstraint(
  choices: Choices,
  vocabulary: Vocabulary,
  variable: "principal" | "resource",
  type: string,
  slot: boolean,
): string {
  const uid = () =>
    slot
      ? `?${variable}`
      : uidSource(genUid(choices, choices.chance(0.6) ? type : anyType(choices, vocabulary), vocabulary));
  const isType = choices.chance(0.8) ? type : anyType(choices, vocabulary);
  if (slot)
    return choices.pick([
      `${variable} in ${uid()}`,
      `${variable} == ${uid()}`,
      `${variable} is ${isType} in ${uid()}`,
    ]);
  if (!choices.chance(0.35)) return variable;
  return choices.pick([
    () => `${variable} is ${isType}`,
    () => `${variable} in ${uid()}`,
    () => `${variable} == ${uid()}`,
    () => `${variable} is ${isType} in ${uid()}`,
  ])();
}

function actionConstraint(choices: Choices, { actions, actionType }: Vocabulary, action: Action): string {
  const uid = () =>
    uidSource({ type: actionType, id: choices.chance(0.6) ? action.id : choices.pick(actions).id });
  return choices.pick([
    () => "action",
    () => "action",
    () => `action in ${uidSource({ type: actionType, id: "any" })}`,
    () => `action == ${uid()}`,
    () => `action in ${uid()}`,
    () => `action in [${choices.list(0, 3, uid).join(", ")}]`,
  ])();
}

function anyType(choices: Choices, { entityTypes }: Vocabulary): string {
  return choices.pick(entityTypes).name;
}

export function anyUid(choices: Choices, vocabulary: Vocabulary): Uid {
  return genUid(choices, anyType(choices, vocabulary), vocabulary);
}
