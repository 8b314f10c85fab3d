import type { Token } from "@cordon/cedar";
import { LINT_IDS, lintOf } from "../../lint/index.js";
import { endsOperand } from "../policies/operands.js";
import { nesting, type PolicyWindow, scopeParts, windowAt } from "../policies/policy-window.js";
import { Typing } from "../policies/typing.js";
import type { OpenProject } from "../project/open-project.js";
import type { Document } from "../text/documents.js";
import { isInComment, isString, tokenIndexAt } from "../text/tokens.js";
import { type Completion, Completions } from "./completion.js";
import { completeExpression, completeHas, completeMembers } from "./expression-completion.js";
import { completeEntityIds, NameCompletion } from "./name-completion.js";
import { completeScope } from "./scope-completion.js";

/** A cursor in a policy, and what stands around it. */
export interface PolicyCursor {
  readonly project: OpenProject;
  readonly window: PolicyWindow;
  readonly tokens: readonly Token[];
  /** The index of the token that is being typed, or would be. */
  readonly index: number;
  readonly typing: Typing | null;
  readonly found: Completions;
}

const ANNOTATIONS: Readonly<Record<string, string>> = {
  id: "names the policy, for logs, tests and links; unique in the project",
  reason: "what people are told when this policy decides",
  obligation: "what the caller must do besides, as ids with commas between them",
  lint_allow: "findings that are meant, and why: `lint: reason`",
};

/** What can be written at an offset of a file of policies. */
export function completePolicies(project: OpenProject, document: Document, offset: number): Completion[] {
  const { tokens, text } = document;
  if (isInComment(text, tokens, offset)) return [];
  const at = tokenIndexAt(tokens, offset);
  const touched = tokens[at];
  // The token that the cursor is in or right behind; a cursor behind punctuation begins a new one.
  const isTyping =
    touched !== undefined &&
    touched.start < offset &&
    (touched.kind === "identifier" ||
      touched.kind === "slot" ||
      isString(touched) ||
      touched.kind === "number");
  const behindString = isTyping && touched.kind === "string" && touched.end === offset;
  const index =
    isTyping && !behindString ? at : touched !== undefined && touched.start < offset ? at + 1 : at;
  const current = index === at && isTyping ? touched : undefined;
  const replace = {
    start: current === undefined ? offset : isString(current) ? current.start + 1 : current.start,
    end: current === undefined ? offset : replaceEnd(current, offset),
  };
  const window = windowAt(tokens, current?.start ?? offset);
  const typing = project.schema === null ? null : new Typing(window, project.schema, index);
  const cursor: PolicyCursor = { project, window, tokens, index, typing, found: new Completions(replace) };
  if (current !== undefined && isString(current)) completeString(cursor);
  else if (current?.kind !== "number") completeName(cursor);
  return cursor.found.list();
}

function replaceEnd(token: Token, offset: number): number {
  if (token.kind === "string") return token.end - 1;
  return isString(token) ? offset : token.end;
}

function completeString(cursor: PolicyCursor): void {
  const { tokens, index, found, typing } = cursor;
  const before = tokens[index - 1];
  if (before?.text === "::") completeEntityIds(cursor, index);
  else if (before?.text === "(" && tokens[index - 2]?.text === "lint_allow") {
    for (const id of LINT_IDS)
      found.add({ label: id, kind: "value", documentation: lintOf(id).summary, insert: `${id}: ` });
  } else if (before?.text === "[" && typing !== null && endsOperand(tokens[index - 2])) {
    for (const type of typing.endingAt(index - 2))
      for (const { name } of typing.membersOf(type)) found.add({ label: name, kind: "attribute" });
  }
}

function completeName(cursor: PolicyCursor): void {
  const { tokens, index, window, found } = cursor;
  const before = tokens[index - 1];
  const isFirst = index <= window.start;
  if (before?.text === "@" && !isFirst) {
    for (const [name, documentation] of Object.entries(ANNOTATIONS))
      found.add({ label: name, kind: "annotation", documentation, insert: `${name}("$1")`, isSnippet: true });
    return;
  }
  if (before?.text === "::" && !isFirst) {
    new NameCompletion(cursor).afterColons();
    return;
  }
  if (isFirst || window.effect === null || index <= window.effect) {
    completeStart(cursor);
    return;
  }
  const part = scopeParts(window).find(({ start, end }) => index >= start && index <= end);
  if (window.scope !== null && index > window.scope.open && index <= window.scope.close) {
    if (part !== undefined) completeScope(cursor, part);
    return;
  }
  const clause = window.clauses.find(({ start, end }) => index >= start && index <= end);
  if (clause === undefined) {
    if (window.scope !== null && before?.text !== ";") completeAfterScope(cursor);
    return;
  }
  if (before?.text === ".") completeMembers(cursor);
  else if (before?.text === "has" && before.kind === "identifier") completeHas(cursor);
  else if (before?.text === "is" && before.kind === "identifier") new NameCompletion(cursor).types();
  else completeExpression(cursor, clause.start);
}

function completeStart({ found }: PolicyCursor): void {
  for (const effect of ["permit", "forbid"]) {
    found.add({
      label: effect,
      kind: "snippet",
      rank: 1,
      detail: effect === "permit" ? "allows, unless a forbid applies" : "denies, whatever permits",
      insert: `${effect} (\n  principal$1,\n  action$2,\n  resource$3\n)\nwhen { $0 };`,
      isSnippet: true,
    });
  }
  for (const [name, documentation] of Object.entries(ANNOTATIONS)) {
    found.add({
      label: `@${name}`,
      kind: "annotation",
      rank: 2,
      documentation,
      insert: `@${name}("$1")`,
      isSnippet: true,
    });
  }
}

function completeAfterScope({ found, tokens, window, index }: PolicyCursor): void {
  const { open, close } = window.scope ?? { open: 0, close: 0 };
  if (index <= close || nesting(tokens[open]) !== 1) return;
  for (const [label, detail] of [
    ["when", "applies only where this holds"],
    ["unless", "applies only where this doesn't hold"],
  ] as const) {
    found.add({ label, kind: "keyword", detail, insert: `${label} { $0 }`, isSnippet: true, rank: 1 });
  }
}
