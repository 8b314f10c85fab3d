/** An object by which Cedar's JSON stands for something else than a record. */
export type Escape =
  | { readonly kind: "entity"; readonly uid: Readonly<Record<string, unknown>> }
  | { readonly kind: "extension"; readonly fn: string; readonly args: readonly unknown[] }
  | { readonly kind: "expression" };

export const EXPRESSION_ESCAPE = {
  message: "the `__expr` escape is no longer supported",
  help: "to create an entity reference, use `__entity`; to create an extension value, use `__extn`; and for all other values, use JSON directly",
} as const;

/**
 * Reads `__entity`, `__extn` and `__expr`. As in Cedar, an object is one of these only if it has that one
 * member, of the right form; otherwise it is a record like any other.
 */
export function readEscape(object: object): Escape | undefined {
  const members = Object.entries(object);
  const [first] = members;
  if (first === undefined || members.length > 1) return undefined;
  const [name, body] = first;
  if (name === "__expr" && typeof body === "string") return { kind: "expression" };
  if (typeof body !== "object" || body === null) return undefined;
  if (name === "__entity" && hasText(body, "type") && hasText(body, "id")) {
    return { kind: "entity", uid: body };
  }
  return name === "__extn" ? readCall(body) : undefined;
}

/** `{fn, arg}` or `{fn, args}`; other members are ignored. */
export function readCall(body: object): (Escape & { kind: "extension" }) | undefined {
  const { fn, arg, args } = body as Readonly<Record<string, unknown>>;
  if (typeof fn !== "string") return undefined;
  if (arg !== undefined) return { kind: "extension", fn, args: [arg] };
  return Array.isArray(args) ? { kind: "extension", fn, args } : undefined;
}

function hasText(object: object, name: string): object is Record<string, unknown> {
  return Object.hasOwn(object, name) && typeof (object as Record<string, unknown>)[name] === "string";
}
