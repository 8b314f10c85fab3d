import type { Token } from "@cordon/cedar";
import type { ActionModel, SchemaModel } from "../schema/schema-model.js";
import { idText, uidName } from "../schema/uid-names.js";
import { isString } from "../text/tokens.js";
import { type PolicyWindow, type ScopePart, scopeParts } from "./policy-window.js";

/** `A::B::"id"` or `A::B` among the tokens of a policy; indexes, the end not included. */
export interface PathRead {
  readonly type: string;
  readonly id: string | null;
  readonly start: number;
  readonly end: number;
}

/** The path that starts at a token, or null where none does. */
export function readPath(tokens: readonly Token[], start: number): PathRead | null {
  const first = tokens[start];
  if (first?.kind !== "identifier") return null;
  let type = first.text;
  let at = start + 1;
  while (tokens[at]?.text === "::" && tokens[at]?.kind === "punctuation") {
    const part = tokens[at + 1];
    if (part !== undefined && isString(part)) return { type, id: idText(part.text), start, end: at + 2 };
    if (part?.kind !== "identifier") return { type, id: null, start, end: at + 1 };
    type += `::${part.text}`;
    at += 2;
  }
  return { type, id: null, start, end: at };
}

interface Constraint {
  readonly is: string | null;
  readonly equals: PathRead | null;
  readonly within: readonly PathRead[];
}

function constraintOf(tokens: readonly Token[], start: number, end: number): Constraint {
  let is: string | null = null;
  let equals: PathRead | null = null;
  const within: PathRead[] = [];
  for (let at = start + 1; at < end; at++) {
    const token = tokens[at];
    if (isString(token) || token === undefined) continue;
    const path = at + 1 < end ? readPath(tokens, at + 1) : null;
    if (token.text === "is") is = path?.type ?? null;
    else if (token.text === "==") equals = path;
    else if (token.text === "in" || token.text === "[" || token.text === ",") {
      if (path !== null) within.push(path);
    }
  }
  return { is, equals, within };
}

/** A kind of request that a policy is about, as far as its scope says. */
export interface RequestKind {
  readonly action: ActionModel;
  readonly principal: string;
  readonly resource: string;
}

/**
 * The kinds of requests of the schema that a policy's scope lets through. Parts in `except` count as if they were
 * not constrained: what is being typed doesn't narrow itself.
 */
export function requestKinds(
  window: PolicyWindow,
  model: SchemaModel,
  except: ScopePart | null = null,
): RequestKind[] {
  const constraints = new Map<ScopePart, Constraint>();
  for (const { part, start, end } of scopeParts(window)) {
    if (part !== except) constraints.set(part, constraintOf(window.tokens, start, end));
  }
  const actions = [...model.actions.values()].filter((action) =>
    admitsAction(constraints.get("action"), action, model),
  );
  const kinds = actions.flatMap((action) =>
    action.principals.flatMap((principal) =>
      action.resources.map((resource) => ({ action, principal, resource })),
    ),
  );
  const admitted = new Map<string, boolean>();
  const admits = (part: "principal" | "resource", type: string) => {
    const key = `${part} ${type}`;
    const known = admitted.get(key) ?? admitsType(constraints.get(part), type, model);
    admitted.set(key, known);
    return known;
  };
  return kinds.filter(
    ({ principal, resource }) => admits("principal", principal) && admits("resource", resource),
  );
}

function admitsAction(constraint: Constraint | undefined, action: ActionModel, model: SchemaModel): boolean {
  if (constraint === undefined) return true;
  const named = (path: PathRead) => uidName(path.type, path.id ?? "");
  if (constraint.equals?.id != null) return named(constraint.equals) === action.uid;
  const groups = constraint.within.filter(({ id }) => id !== null);
  if (groups.length === 0) return true;
  const above = model.groups(action.uid);
  return groups.some((group) => above.has(named(group)));
}

/** What isn't declared, such as a name that is only half typed, narrows nothing. */
function admitsType(constraint: Constraint | undefined, type: string, model: SchemaModel): boolean {
  if (constraint === undefined) return true;
  const isKnown = (name: string | undefined): name is string =>
    name !== undefined && model.entities.has(name);
  const { is, equals, within } = constraint;
  if (is !== null && isKnown(is)) return is === type;
  if (isKnown(equals?.type)) return equals?.type === type;
  const groups = within.map((path) => path.type).filter(isKnown);
  if (groups.length === 0) return true;
  const above = model.ancestors(type);
  return groups.some((group) => above.has(group));
}
