import { EngineError } from "../errors.js";
import type { Structured } from "./equality.js";
import { IDENTIFIER, isIdentifier } from "./identifier.js";
import { quoteText } from "./text.js";

/** The name of an entity: its type, with namespaces, and its id. Equal by type and id. */
export class EntityUid implements Structured {
  readonly type: string;
  readonly id: string;
  #memo: object | undefined;

  private constructor(type: string, id: string) {
    this.type = type;
    this.id = id;
    this.#memo = undefined;
  }

  static of(type: string, id: string): EntityUid {
    return new EntityUid(type, id);
  }

  /** Text unique to this uid, for maps: a type holds no quote, so the first quote ends it. */
  get key(): string {
    return `${this.type}"${this.id}`;
  }

  /** What somebody found out about the entity, and will know again as its own. */
  get memo(): object | undefined {
    return this.#memo;
  }

  set memo(memo: object | undefined) {
    this.#memo = memo;
  }

  equals(other: object): boolean {
    return this === other || (other instanceof EntityUid && this.id === other.id && this.type === other.type);
  }

  identity(): string {
    const { key } = this;
    return `e${key.length}:${key}`;
  }

  /** As Cedar source, such as `User::"ann"`. */
  toString(): string {
    return `${this.type}::${quoteText(this.id)}`;
  }
}

const ENTITY_UID = new RegExp(
  `^\\s*(${IDENTIFIER}(?:\\s*::\\s*${IDENTIFIER})*)\\s*::\\s*"((?:[^"\\\\]|\\\\[\\s\\S])*)"\\s*$`,
);
const ESCAPE = /\\(?:u\{([0-9A-Fa-f_]{1,8})\}|x([0-7][0-9A-Fa-f])|([\s\S]))/g;
const UNESCAPED: Readonly<Record<string, string>> = {
  "0": "\0",
  t: "\t",
  r: "\r",
  n: "\n",
  '"': '"',
  "'": "'",
  "\\": "\\",
};

/** Names that were found to be such: entities are many, their types few. */
const typeNames = new Set<string>();
const REMEMBERED_TYPES = 1000;

/** Whether `text` can name an entity type, such as `App::User`. */
export function isEntityTypeName(text: string): boolean {
  if (typeNames.has(text)) return true;
  if (!text.split("::").every(isIdentifier)) return false;
  // Requests may carry any name: what is kept stays bounded.
  if (typeNames.size >= REMEMBERED_TYPES) typeNames.clear();
  typeNames.add(text);
  return true;
}

/**
 * Reads an entity uid from Cedar source.
 *
 * @throws EngineError `entity_uid_syntax`
 */
export function parseEntityUid(text: string): EntityUid {
  const match = ENTITY_UID.exec(text);
  const type = match?.[1]?.replace(/\s/g, "");
  const id = match?.[2] === undefined ? undefined : unescapeText(match[2]);
  if (type === undefined || id === undefined || !isEntityTypeName(type)) {
    throw new EngineError("entity_uid_syntax", `\`${text}\` is not an entity uid`, {
      help: 'an entity uid is a type and a quoted id, such as `User::"ann"`',
    });
  }
  return EntityUid.of(type, id);
}

/** Undefined where an escape is not one of Cedar's. */
function unescapeText(text: string): string | undefined {
  if (!text.includes("\\")) return text;
  let valid = true;
  const plain = text.replace(ESCAPE, (whole, unicode?: string, ascii?: string, short?: string) => {
    const code = unicode?.replaceAll("_", "") ?? ascii;
    if (code !== undefined) {
      const point = code === "" ? Number.NaN : Number.parseInt(code, 16);
      if (point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)) return String.fromCodePoint(point);
    } else if (short !== undefined) {
      const char = UNESCAPED[short];
      if (char !== undefined) return char;
    }
    valid = false;
    return whole;
  });
  return valid ? plain : undefined;
}
