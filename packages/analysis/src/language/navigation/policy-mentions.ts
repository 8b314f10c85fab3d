import { nesting, type PolicyWindow } from "../policies/policy-window.js";
import { readPath } from "../policies/scope-reading.js";
import { Typing } from "../policies/typing.js";
import type { OpenProject } from "../project/open-project.js";
import type { LiveType } from "../schema/types.js";
import { idText, uidName } from "../schema/uid-names.js";
import type { Document } from "../text/documents.js";
import { isString } from "../text/tokens.js";
import type { Mention, ProjectSymbol } from "./symbol.js";

/** Everything that a policy names, as far as the schema tells what it is. */
export function policyMentions(project: OpenProject, document: Document, window: PolicyWindow): Mention[] {
  const found: Mention[] = [];
  const { tokens, start, end } = window;
  for (let at = window.effect ?? end; at < end; at++) {
    const path = tokens[at - 1]?.text === "." ? null : readPath(tokens, at);
    if (path !== null) {
      const symbol = pathSymbol(project, path.type, path.id, tokens[path.end]?.text);
      if (symbol !== null) {
        const place = {
          path: document.path,
          start: tokens[at]?.start ?? 0,
          end: tokens[path.end - 1]?.end ?? 0,
        };
        found.push({ symbol, place, isDeclaration: false });
      }
      at = path.end - 1;
    } else if (at > start) found.push(...attributeMentions(project, document, window, at));
  }
  return found;
}

function pathSymbol(
  project: OpenProject,
  type: string,
  id: string | null,
  after: string | undefined,
): ProjectSymbol | null {
  const { schema } = project;
  if (id === null) {
    if (after === "(") return null;
    return schema?.entities.has(type) ? { kind: "type", name: type } : null;
  }
  const uid = uidName(type, id);
  if (schema?.actions.has(uid)) return { kind: "action", name: uid };
  return { kind: "entity", type, id };
}

/** The attribute that the token at `at` names: after a dot or `has`, or in brackets. */
export function attributeMentions(
  project: OpenProject,
  document: Document,
  window: PolicyWindow,
  at: number,
): Mention[] {
  const token = window.tokens[at];
  const { schema } = project;
  if (schema === null || token === undefined) return [];
  const operand = operandOf(window, at);
  if (operand === null) return [];
  const typing = new Typing(window, schema, at);
  const name = isString(token) ? idText(token.text) : token.text;
  const inner = isString(token) ? 1 : 0;
  const place = { path: document.path, start: token.start + inner, end: token.end - inner };
  let types: LiveType[] = typing.endingAt(operand.last);
  for (const step of operand.path) {
    types = types.flatMap((type) => typing.membersOf(type).flatMap((m) => (m.name === step ? [m.type] : [])));
  }
  const members = types.flatMap((type) => typing.membersOf(type).filter((member) => member.name === name));
  return members.map(({ owner, syntax }) => ({
    symbol: { kind: "attribute", name, declaredAt: syntax.nameSpan.start, owner },
    place,
    isDeclaration: false,
  }));
}

/** What has the attribute: an operand, and for `a has b.c` the steps from it to the last. */
function operandOf({ tokens, start }: PolicyWindow, at: number): { last: number; path: string[] } | null {
  const before = tokens[at - 1];
  const token = tokens[at];
  if (before === undefined || token === undefined || at - 2 < start) return null;
  if (isString(token)) {
    if (before.text === "has" && before.kind === "identifier") return { last: at - 2, path: [] };
    return before.text === "[" && tokens[at + 1]?.text === "]" && nesting(tokens[at - 2]) !== 1
      ? { last: at - 2, path: [] }
      : null;
  }
  if (token.kind !== "identifier") return null;
  if (before.text === "has" && before.kind === "identifier") return { last: at - 2, path: [] };
  if (before.text !== ".") return null;
  const path: string[] = [];
  for (let step = at; tokens[step - 1]?.text === "." && tokens[step - 2]?.kind === "identifier"; step -= 2) {
    path.unshift(tokens[step - 2]?.text ?? "");
    const above = tokens[step - 3];
    if (above?.text === "has" && above.kind === "identifier") return { last: step - 4, path };
  }
  return { last: at - 2, path: [] };
}
