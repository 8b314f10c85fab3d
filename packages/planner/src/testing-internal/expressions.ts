import {
  CedarRecord,
  CedarSet,
  type ExprJson,
  encodeValue,
  type SchemaType,
  type Value,
} from "@cordon/engine";
import { attributesOf, type Shape } from "./shape.js";

export const RESOURCE: ExprJson = { Var: "resource" };
export const PRINCIPAL: ExprJson = { Var: "principal" };

export function attribute(left: ExprJson, attr: string): ExprJson {
  return { ".": { left, attr } };
}

export function operator(name: string, left: ExprJson, right: ExprJson): ExprJson {
  return { [name]: { left, right } } as unknown as ExprJson;
}

export function call(name: string, ...args: ExprJson[]): ExprJson {
  return { [name]: args } as ExprJson;
}

export function choice(test: ExprJson, yes: ExprJson, no: ExprJson): ExprJson {
  // biome-ignore lint/suspicious/noThenProperty: the name is Cedar's, and an expression is never awaited
  return { "if-then-else": { if: test, then: yes, else: no } };
}

/** As policies write it: extension values are calls. */
export function literal(value: Value): ExprJson {
  if (value instanceof CedarSet) return { Set: [...value].map(literal) };
  if (value instanceof CedarRecord) {
    return { Record: Object.fromEntries([...value].map(([name, member]) => [name, literal(member)])) };
  }
  const json = encodeValue(value);
  if (typeof json === "object" && "__extn" in json) return extension(json.__extn as { fn: string });
  return { Value: json };
}

function extension({
  fn,
  arg,
  args = [arg],
}: {
  fn: string;
  arg?: unknown;
  args?: readonly unknown[];
}): ExprJson {
  return call(
    fn,
    ...args.map((one) =>
      typeof one === "object" && one !== null && "__extn" in one
        ? extension(one.__extn as { fn: string })
        : ({ Value: one as string } as const),
    ),
  );
}

/** Something that a policy can name, by way of attributes. */
export interface Path {
  readonly expr: ExprJson;
  readonly type: SchemaType;
  /** Attributes on the way. */
  readonly names: readonly string[];
  readonly of: "resource" | "principal";
  /** Every entity on the way is in a table. */
  readonly isStored: boolean;
}

/** Whatever can be reached from the row in three steps, and from those who ask in two. */
export function pathsOf(shape: Shape): readonly Path[] {
  const row = { expr: RESOURCE, names: [], of: "resource", isStored: true } as const;
  const fromRow = below({ ...row, type: { type: "Entity", name: "Doc" } }, 3, shape);
  const fromPrincipals = shape.principals.flatMap((name) => {
    const who = { expr: PRINCIPAL, names: [], of: "principal", isStored: true } as const;
    return below({ ...who, type: { type: "Entity", name } }, 2, shape);
  });
  return [...fromRow, ...fromPrincipals];
}

function below(path: Path, depth: number, shape: Shape): readonly Path[] {
  return [
    path,
    ...(depth === 0 ? [] : membersOf(path, shape).flatMap((member) => below(member, depth - 1, shape))),
  ];
}

function membersOf(path: Path, shape: Shape): readonly Path[] {
  const { type } = path;
  const isStored = path.isStored && (type.type !== "Entity" || isKnown(path, type.name, shape));
  return namesIn(type, shape).map(([name, member]) => ({
    ...path,
    isStored,
    expr: attribute(path.expr, name),
    type: member,
    names: [...path.names, name],
  }));
}

/** Of the principal everything is known, and of what it refers to nothing but what is in a table. */
function isKnown({ of, names }: Path, type: string, { places }: Shape): boolean {
  return (of === "principal" && names.length === 0) || places[type] === "table";
}

export function namesIn(type: SchemaType, shape: Shape): readonly (readonly [string, SchemaType])[] {
  if (type.type === "Entity") return attributesOf(type.name, shape).map(([name, of]) => [name, of.type]);
  return type.type === "Record"
    ? Object.entries(type.attributes).map(([name, of]) => [name, of.type] as const)
    : [];
}

/** Text that types share exactly when they are the same. */
export function keyOfType(type: SchemaType): string {
  return JSON.stringify(type);
}

/** Whether databases can be asked for values of the type. */
export function isAskable(type: SchemaType): boolean {
  if (type.type !== "Set") return true;
  return type.element.type !== "Extension" && type.element.type !== "Set" && type.element.type !== "Record";
}
