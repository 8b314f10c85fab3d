import type { Fields, Mask } from "./types.js";

type Shown = Pick<Fields, "allowed" | "masked">;

/** Of an application's own record: what may be seen of it, under the same names. What isn't an attribute is left out. */
export function showFields<T extends object>({ allowed, masked }: Shown, record: T): Partial<T> {
  const own = record as Record<string, unknown>;
  const shown = new Map<string, unknown>();
  for (const name of allowed) if (Object.hasOwn(own, name)) shown.set(name, own[name]);
  for (const [name, mask] of Object.entries(masked)) {
    if (mask !== undefined && Object.hasOwn(own, name)) shown.set(name, maskValue(mask, own[name]));
  }
  return Object.fromEntries(shown) as Partial<T>;
}

/** The names in a change that the principal may not write. */
export function unwritable({ allowed }: Pick<Fields, "allowed">, change: object): string[] {
  return Object.keys(change).filter((name) => !allowed.includes(name));
}

/** Stands for all that isn't shown of a text, however long it is. */
export const CONCEALED = "•••";

/** What stands in the place of a value: it tells neither how long it is nor, unless some of it is shown, whether there is one. */
export function maskValue(mask: Mask, value: unknown): Exclude<Mask, object> | string {
  if (mask === null || typeof mask !== "object") return mask;
  if (typeof value !== "string") return CONCEALED;
  const characters = [...value];
  const count = "first" in mask ? mask.first : mask.last;
  // A text that short would be shown whole.
  if (characters.length <= count) return CONCEALED;
  return "first" in mask
    ? characters.slice(0, count).join("") + CONCEALED
    : CONCEALED + characters.slice(-count).join("");
}
