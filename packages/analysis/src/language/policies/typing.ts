import type { Token } from "@cordon/cedar";
import type { SchemaModel } from "../schema/schema-model.js";
import {
  BOOL,
  CONSTRUCTORS,
  type LiveAttribute,
  type LiveType,
  LONG,
  type Method,
  methodsOf,
  STRING,
  tagMethods,
} from "../schema/types.js";
import { idText } from "../schema/uid-names.js";
import { isString } from "../text/tokens.js";
import { type Narrowing, narrowingAt } from "./narrowing.js";
import { operandStart, operandText } from "./operands.js";
import { closing, nesting, type PolicyWindow } from "./policy-window.js";
import { type RequestKind, readPath, requestKinds } from "./scope-reading.js";

/** An attribute with what has it: an entity type by name, or a record by what is written before the dot. */
export interface Member extends LiveAttribute {
  readonly owner: string;
}

/** The types that expressions of one policy can have, before one of its tokens. */
export class Typing {
  readonly #window: PolicyWindow;
  readonly #model: SchemaModel;
  readonly #index: number;
  #kinds: readonly RequestKind[] | undefined;
  #narrowing: Narrowing | undefined;

  constructor(window: PolicyWindow, model: SchemaModel, index: number) {
    this.#window = window;
    this.#model = model;
    this.#index = index;
  }

  get kinds(): readonly RequestKind[] {
    this.#kinds ??= requestKinds(this.#window, this.#model);
    return this.#kinds;
  }

  /** Of the operand whose last token is at `last`; empty where nothing is known of it. */
  endingAt(last: number): LiveType[] {
    const start = operandStart(this.#window.tokens, last, this.#window.start);
    return start === null ? [] : this.#operand(start, last + 1);
  }

  /** The attributes of a type. */
  membersOf(type: LiveType): Member[] {
    if (type.kind === "record") return type.attributes.map((member) => ({ ...member, owner: "" }));
    if (type.kind !== "entity") return [];
    return (this.#model.entities.get(type.name)?.attributes ?? []).map((member) => ({
      ...member,
      owner: type.name,
    }));
  }

  methodsOf(type: LiveType): readonly Method[] {
    const tags = type.kind === "entity" ? this.#model.entities.get(type.name)?.tags : null;
    return tags ? tagMethods(tags) : methodsOf(type);
  }

  #operand(start: number, end: number): LiveType[] {
    const { tokens } = this.#window;
    const path = readPath(tokens, start);
    let at = path?.end ?? start + 1;
    let types: LiveType[] = [];
    if (path !== null && tokens[at]?.text === "(" && at < end) {
      types = CONSTRUCTORS.filter(({ name }) => name === path.type).map(({ type }) => type);
      at = closing(tokens, at, end) + 1;
    } else if (path !== null) types = this.#path(path.type, path.id, start, at);
    else {
      if (nesting(tokens[start]) > 0) at = closing(tokens, start, end) + 1;
      types = this.#literal(tokens, start, at - 1);
    }
    while (at < end) {
      const { types: next, end: after } = this.#step(types, at, end);
      if (after <= at) return [];
      types = this.#narrowed(next, start, after);
      at = after;
    }
    return types;
  }

  #path(type: string, id: string | null, start: number, end: number): LiveType[] {
    if (id !== null) return [{ kind: "entity", name: type }];
    if (type === "true" || type === "false") return [BOOL];
    return this.#narrowed(this.#variable(type), start, end);
  }

  #narrowed(types: LiveType[], start: number, end: number): LiveType[] {
    this.#narrowing ??= narrowingAt(this.#window, this.#index);
    const name = this.#narrowing.get(operandText(this.#window.tokens, start, end));
    return name === undefined || !this.#model.entities.has(name) ? types : [{ kind: "entity", name }];
  }

  #variable(name: string): LiveType[] {
    switch (name) {
      case "principal":
      case "resource":
        return unique(this.kinds.map((kind) => kind[name])).map((type) => ({ kind: "entity", name: type }));
      case "action":
        return unique(this.kinds.map(({ action }) => action.type)).map((type) => ({
          kind: "entity",
          name: type,
        }));
      case "context":
        return unique(this.kinds.map(({ action }) => action)).map(({ context }) => ({
          kind: "record",
          attributes: context,
        }));
      default:
        return [];
    }
  }

  #literal(tokens: readonly Token[], start: number, last: number): LiveType[] {
    const token = tokens[start];
    if (token === undefined) return [];
    if (token.kind === "number") return [LONG];
    if (isString(token)) return [STRING];
    if (token.text === "[") {
      return this.#expression(start + 1, last).map((element) => ({ kind: "set", element }));
    }
    return token.text === "(" ? this.#expression(start + 1, last) : [];
  }

  /** Of what stands between brackets: enough for the usual cases. */
  #expression(start: number, end: number): LiveType[] {
    const { tokens } = this.#window;
    let depth = 0;
    let operator = "";
    for (let at = start; at < end; at++) {
      const token = tokens[at];
      if (depth === 0 && token !== undefined && !isString(token)) {
        if (token.text === ",") return this.#operand(start, at);
        if (token.text === "then") return this.endingAt(this.#beforeElse(at + 1, end));
        if (BOOLEAN_OPERATORS.has(token.text)) return [BOOL];
        if (token.text === "+" || token.text === "-" || token.text === "*") operator = token.text;
      }
      depth += nesting(token);
    }
    return operator === "" ? this.#operand(start, end) : [LONG];
  }

  #beforeElse(start: number, end: number): number {
    let depth = 0;
    for (let at = start; at < end; at++) {
      depth += nesting(this.#window.tokens[at]);
      if (depth === 0 && this.#window.tokens[at]?.text === "else") return at - 1;
    }
    return end - 1;
  }

  /** `.name`, `.name(…)` or `["name"]`. */
  #step(types: readonly LiveType[], at: number, end: number): { types: LiveType[]; end: number } {
    const { tokens } = this.#window;
    const name = tokens[at + 1];
    if (name === undefined) return { types: [], end };
    if (tokens[at]?.text === "[") {
      return { types: this.#attribute(types, idText(name.text)), end: closing(tokens, at, end) + 1 };
    }
    if (tokens[at]?.text !== ".") return { types: [], end: at };
    if (tokens[at + 2]?.text !== "(" || at + 2 >= end) {
      return { types: this.#attribute(types, name.text), end: at + 2 };
    }
    const results = types.flatMap((type) =>
      this.methodsOf(type).filter((method) => method.name === name.text),
    );
    return { types: results.map(({ result }) => result), end: closing(tokens, at + 2, end) + 1 };
  }

  #attribute(types: readonly LiveType[], name: string): LiveType[] {
    return types.flatMap((type) =>
      this.membersOf(type).flatMap((member) => (member.name === name ? [member.type] : [])),
    );
  }
}

const BOOLEAN_OPERATORS: ReadonlySet<string> = new Set([
  "&&",
  "||",
  "!",
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "in",
  "has",
  "like",
  "is",
]);

export function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
