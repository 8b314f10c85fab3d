/** Any JSON document, with integers beyond 2^53 kept exact as bigint. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject;

/** A JSON object. Parsed objects have no prototype, so `__proto__` is an ordinary key. */
export interface JsonObject {
  [key: string]: JsonValue;
}
