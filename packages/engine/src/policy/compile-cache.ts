import type { PolicyBody } from "./compiled.js";

/**
 * Conditions compiled before, by the very JSON object that they were written as: a reload in which one policy changed
 * compiles that one. Whoever passes a cache promises never to change an object that was compiled. A `new WeakMap()`
 * is one, and forgets what nobody else holds.
 */
export interface CompileCache {
  get(json: object): PolicyBody | undefined;
  set(json: object, body: PolicyBody): unknown;
}
