import { EntityUid, isEntityTypeName, parseEntityUid } from "@cordon/engine";

const QUOTED = /^[^"]*::\s*"/;
const ACTION_PATH = /^(?:[A-Za-z_]\w*::)*Action::/;

/**
 * An entity as people type it: Cedar's `User::"ann"`, or `User::ann`, whose id starts after the last `::`.
 *
 * @throws EngineError `entity_uid_syntax`
 */
export function readUid(text: string): EntityUid {
  const at = text.lastIndexOf("::");
  const type = text.slice(0, Math.max(at, 0));
  if (QUOTED.test(text) || !isEntityTypeName(type) || at + 2 === text.length) return parseEntityUid(text);
  return EntityUid.of(type, text.slice(at + 2));
}

/** An action as a request names it: by its bare name, or by its uid. */
export function readActionName(text: string): string {
  return ACTION_PATH.test(text) ? readUid(text).toString() : text;
}
