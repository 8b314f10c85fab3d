import { endsOperand } from "../policies/operands.js";
import type { Member, Typing } from "../policies/typing.js";
import { CONSTRUCTORS, isPlainName, type LiveType, memberText, typeText } from "../schema/types.js";
import { isString } from "../text/tokens.js";
import { entityTypes, NameCompletion } from "./name-completion.js";
import type { PolicyCursor } from "./policy-completion.js";

/** After a dot: attributes, then methods. */
export function completeMembers(cursor: PolicyCursor): void {
  const { typing, index, found } = cursor;
  if (typing === null) return;
  const types = typing.endingAt(index - 2);
  addMembers(cursor, typing, types);
  for (const type of types) {
    for (const { name, args, result, doc } of typing.methodsOf(type)) {
      found.add({
        label: name,
        kind: "method",
        rank: 3,
        detail: `(${args === "" ? "" : "…"}): ${typeText(result)}`,
        documentation: doc,
        insert: args === "" ? `${name}()` : `${name}(${args})`,
        ...(args === "" ? {} : { isSnippet: true as const }),
      });
    }
  }
}

/** After `has`: optional attributes first, since the others are always there. */
export function completeHas(cursor: PolicyCursor): void {
  const { typing, index } = cursor;
  if (typing !== null) addMembers(cursor, typing, typing.endingAt(index - 2), true);
}

function addMembers(
  { found }: PolicyCursor,
  typing: Typing,
  types: readonly LiveType[],
  optionalFirst = false,
) {
  const byName = new Map<string, Member[]>();
  for (const member of types.flatMap((type) => typing.membersOf(type))) {
    byName.set(member.name, [...(byName.get(member.name) ?? []), member]);
  }
  for (const [name, members] of byName) {
    const [first] = members;
    if (first === undefined || !isPlainName(name)) continue;
    const isEverywhere = members.length === types.length;
    const owners = members.map(({ owner }) => owner).filter((owner) => owner !== "");
    const doc = members.find((member) => member.doc !== null)?.doc;
    found.add({
      label: name,
      kind: "attribute",
      rank: (isEverywhere ? 1 : 2) + (optionalFirst && first.required ? 1 : 0),
      detail: `${memberText(first)}${isEverywhere || owners.length === 0 ? "" : ` (only ${owners.join(", ")})`}`,
      ...(doc == null ? {} : { documentation: doc }),
    });
  }
}

const OPERATORS: readonly string[] = [
  "&&",
  "||",
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "in",
  "has",
  "is",
  "like",
];
const EQUALITIES: ReadonlySet<string> = new Set(["==", "!=", "in"]);

/** In a condition, where an operand or an operator may stand. */
export function completeExpression(cursor: PolicyCursor, clauseStart: number): void {
  const { tokens, index, found, typing, project } = cursor;
  const before = index > clauseStart ? tokens[index - 1] : undefined;
  if (before !== undefined && endsOperand(before)) {
    completeOperators(cursor);
    return;
  }
  const names = new NameCompletion(cursor);
  if (before !== undefined && !isString(before) && EQUALITIES.has(before.text))
    completeCompared(cursor, names);
  found.words("variable", 2, "principal", "action", "resource", "context");
  for (const { name, type, example } of CONSTRUCTORS) {
    found.add({
      label: name,
      kind: "function",
      rank: 4,
      detail: typeText(type),
      documentation: `such as \`${name}("${example}")\``,
      insert: `${name}("$1")`,
      isSnippet: true,
    });
  }
  found.add({
    label: "if",
    kind: "keyword",
    rank: 5,
    insert: "if $1 then $2 else $3",
    isSnippet: true,
  });
  found.words("keyword", 5, "true", "false");
  const inList = before?.text === "[" || before?.text === ",";
  if (typing !== null && inList) names.entities();
  else
    for (const name of project.schema?.entities.keys() ?? [])
      found.add({ label: name, kind: "type", rank: 6 });
}

/** What an operand on the left is worth being compared with. */
function completeCompared({ tokens, index, typing }: PolicyCursor, names: NameCompletion): void {
  const types = typing?.endingAt(index - 2) ?? [];
  const compared = entityTypes(types);
  if (compared === undefined) return;
  if ([...compared].every((name) => name === "Action" || name.endsWith("::Action"))) {
    names.actions((uid) => typing?.kinds.some(({ action }) => action.uid === uid) ?? false);
    return;
  }
  const isIn = tokens[index - 1]?.text === "in";
  if (!isIn) names.entities(compared);
  else names.entities();
}

function completeOperators({ index, typing, found }: PolicyCursor): void {
  const types = typing?.endingAt(index - 1) ?? [];
  const isEntity = types.some(({ kind }) => kind === "entity");
  const fits = (operator: string): boolean => {
    if (operator === "is" || operator === "in") return isEntity || types.length === 0;
    if (operator === "has")
      return types.length === 0 || isEntity || types.some(({ kind }) => kind === "record");
    return true;
  };
  for (const [at, operator] of OPERATORS.entries()) {
    if (fits(operator)) found.add({ label: operator, kind: "keyword", rank: 1 + at / 100 });
  }
}
