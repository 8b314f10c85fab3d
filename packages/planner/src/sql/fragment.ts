/** How a parameter is written into SQL, so that the database never has to guess its type. */
export type ParameterType =
  | "text"
  | "texts"
  | "bigint"
  | "bigints"
  | "boolean"
  | "numeric"
  | "timestamptz"
  | "timestamp"
  | "inet"
  | "uuid"
  | "uuids";

/** A value on its way into SQL: always as a parameter, never as text. */
export interface Bound {
  readonly type: ParameterType;
  readonly value: ParameterValue;
}

export type ParameterValue = string | number | boolean | readonly string[];

/** A piece of SQL with the values that belong into it. */
export class Sql {
  readonly parts: readonly (string | Bound)[];

  constructor(parts: readonly (string | Bound)[]) {
    this.parts = parts;
  }
}

/** SQL of the planner's own; what is interpolated is SQL again or a value, never text. */
export function sql(strings: TemplateStringsArray, ...values: readonly (Sql | Bound)[]): Sql {
  const parts: (string | Bound)[] = [];
  for (const [index, text] of strings.entries()) {
    push(parts, text);
    const value = values[index];
    if (value instanceof Sql) for (const part of value.parts) push(parts, part);
    else if (value !== undefined) parts.push(value);
  }
  return new Sql(parts);
}

/** Text that is SQL already: quoted names, and constants of the planner. */
export function raw(text: string): Sql {
  return new Sql([text]);
}

export function bound(type: ParameterType, value: ParameterValue): Sql {
  return new Sql([{ type, value }]);
}

export function joinSql(parts: readonly Sql[], separator: string): Sql {
  const joined: (string | Bound)[] = [];
  for (const [index, part] of parts.entries()) {
    if (index > 0) push(joined, separator);
    for (const piece of part.parts) push(joined, piece);
  }
  return new Sql(joined);
}

export function allOf(conditions: readonly Sql[]): Sql {
  return connect(conditions, " AND ", TRUE);
}

export function anyOf(conditions: readonly Sql[]): Sql {
  return connect(conditions, " OR ", FALSE);
}

export const TRUE = raw("TRUE");
export const FALSE = raw("FALSE");

function connect(conditions: readonly Sql[], separator: string, none: Sql): Sql {
  const [first] = conditions;
  if (first === undefined) return none;
  return conditions.length === 1 ? first : sql`(${joinSql(conditions, separator)})`;
}

function push(parts: (string | Bound)[], part: string | Bound): void {
  const last = parts[parts.length - 1];
  if (typeof part !== "string") parts.push(part);
  else if (typeof last === "string") parts[parts.length - 1] = last + part;
  else if (part !== "") parts.push(part);
}
