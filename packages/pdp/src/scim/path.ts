import { ScimError } from "./scim-error.js";

/** Steps to an attribute: `name.givenName`, with the name of its schema where it has one. */
export type AttributePath = readonly string[];

const NAME = /^[A-Za-z$][\w$-]*$/;
/** The URN of a schema ends with its version and a name; what comes after is an attribute of it. */
const EXTENSION = /^(urn:\S+?:\d+(?:\.\d+)*:[A-Za-z]\w*)(?::(.+))?$/i;
const URN = /^urn:[\w:.-]+$/i;
/** Schemas whose attributes stand at the top of a resource. */
const CORE = /^urn:ietf:params:scim:schemas:core:2\.0:(user|group)$/i;

/**
 * Reads the name of an attribute: `userName`, `name.givenName`, or with the URN of its schema
 * (RFC 7644, section 3.10).
 */
export function parseAttributePath(text: string): AttributePath {
  const [, urn, rest] = EXTENSION.exec(text) ?? [];
  if (urn === undefined) return URN.test(text) ? [text] : namesOf(text, text);
  if (rest === undefined) return CORE.test(urn) ? [] : [urn];
  return CORE.test(urn) ? namesOf(rest, text) : [urn, ...namesOf(rest, text)];
}

function namesOf(text: string, whole: string): string[] {
  const names = text.split(".");
  if (names.length > 2 || !names.every((name) => NAME.test(name))) {
    throw new ScimError(400, "invalidPath", `\`${whole}\` is no path of an attribute`);
  }
  return names;
}
