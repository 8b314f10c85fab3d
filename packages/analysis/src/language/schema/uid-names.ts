import { EngineError, EntityUid, parseEntityUid } from "@cordon/engine";

/** What a string literal stands for, its quotes included in `literal`; of an unclosed one, what there is. */
export function idText(literal: string): string {
  const closed = literal.length > 1 && literal.endsWith('"') ? literal : `${literal}"`;
  try {
    return parseEntityUid(`T::${closed}`).id;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return closed.slice(1, -1);
  }
}

/** `NS::User::"ann"`, as Cedar writes it. */
export function uidName(type: string, id: string): string {
  return EntityUid.of(type, id).toString();
}

/** `A::B` of `A::B::C`; empty for a name without a namespace. */
export function namespaceOf(name: string): string {
  const at = name.lastIndexOf("::");
  return at < 0 ? "" : name.slice(0, at);
}

export function qualified(namespace: string, name: string): string {
  return namespace === "" || name.includes("::") ? name : `${namespace}::${name}`;
}

/** A string literal of Cedar's. */
export function quoteText(text: string): string {
  return EntityUid.of("T", text).toString().slice("T::".length);
}
