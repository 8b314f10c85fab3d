/** Any JSON document, with integers beyond 2^53 kept exact as bigint. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject;

/** A JSON object. Whatever its key, a member is an own property; read unknown keys with `Object.hasOwn`. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** Sets an own property, where plain assignment of `__proto__` would set the prototype instead. */
export function setMember<T>(object: Record<string, T>, key: string, value: T): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else object[key] = value;
}
