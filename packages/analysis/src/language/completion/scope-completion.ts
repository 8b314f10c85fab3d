import type { ScopePart, scopeParts } from "../policies/policy-window.js";
import { type RequestKind, requestKinds } from "../policies/scope-reading.js";
import { unique } from "../policies/typing.js";
import type { SchemaModel } from "../schema/schema-model.js";
import { isString } from "../text/tokens.js";
import { NameCompletion } from "./name-completion.js";
import type { PolicyCursor } from "./policy-completion.js";

type Part = ReturnType<typeof scopeParts>[number];

const OPERATORS: Readonly<Record<ScopePart, readonly [string, string][]>> = {
  principal: [
    ["is", "has this type"],
    ["in", "is this, or in it"],
    ["==", "is this and no other"],
  ],
  action: [
    ["in", "is this, or in it, or in one of a list"],
    ["==", "is this and no other"],
  ],
  resource: [
    ["is", "has this type"],
    ["in", "is this, or in it"],
    ["==", "is this and no other"],
  ],
};

/** What may be written in one part of a scope: `principal`, then an operator, then what it is compared with. */
export function completeScope(cursor: PolicyCursor, { part, start }: Part): void {
  const { tokens, index, found, project } = cursor;
  if (index <= start) {
    found.words("variable", 1, part);
    return;
  }
  const before = tokens[index - 1];
  const names = new NameCompletion(cursor);
  if (index === start + 1) {
    for (const [label, detail] of OPERATORS[part]) found.add({ label, kind: "keyword", detail, rank: 1 });
    return;
  }
  const isOperand =
    before !== undefined && !isString(before) && ["==", "in", "is", "[", ","].includes(before.text);
  if (!isOperand) {
    const isTyped = tokens[start + 1]?.text === "is" && part !== "action";
    if (isTyped && before?.kind === "identifier") found.words("keyword", 1, "in");
    return;
  }
  const schema = project.schema;
  const kinds = schema === null ? [] : requestKinds(cursor.window, schema, part);
  if (part === "action") {
    const fitting = actionsThatFit(kinds, schema, before.text === "==");
    names.actions((uid) => fitting.has(uid));
    return;
  }
  const own = new Set(kinds.map((kind) => kind[part]));
  if (before.text === "is") {
    names.types(own);
    return;
  }
  const wanted = before.text === "==" || schema === null ? own : groupsOf(own, schema);
  names.entities(wanted.size === 0 ? undefined : wanted);
  found.add({ label: `?${part}`, kind: "variable", detail: "makes it a template", rank: 6 });
}

/** Actions that the rest of the scope leaves, and for `in` the groups that they are in. */
function actionsThatFit(
  kinds: readonly RequestKind[],
  schema: SchemaModel | null,
  isEqual: boolean,
): ReadonlySet<string> {
  const actions = unique(kinds.map(({ action }) => action.uid));
  return new Set(isEqual || schema === null ? actions : actions.flatMap((uid) => [...schema.groups(uid)]));
}

function groupsOf(types: ReadonlySet<string>, schema: SchemaModel): ReadonlySet<string> {
  return new Set([...types].flatMap((type) => [...schema.ancestors(type)]));
}
