import { CedarSet, type SchemaType, type Value } from "@cordon/engine";
import { JsonError, type JsonValue, parseJson } from "@cordon/engine/json";
import type { ColumnStorage } from "@cordon/planner/mapping";
import { DataMismatch, expected, readJson, typeText } from "../strict-json.js";
import type { Dialect } from "./dialects/index.js";
import { type ReadText, scalarReader } from "./scalar-text.js";
import { UnfitMapping } from "./unfit-mapping.js";

/** A column as it is selected, and how its text is read. */
export interface ValueColumn {
  readonly sql: string;
  readonly read: ReadText;
}

/** @throws UnfitMapping where a value of the type can't be stored so, or not in this database */
export function columnReader(
  column: string,
  as: ColumnStorage | undefined,
  type: SchemaType,
  { dialect, what }: { dialect: Dialect; what: string },
): ValueColumn {
  const storage = as ?? defaultStorage(type, dialect);
  if (type.type === "Record" || (type.type === "Set" && storage === "json")) {
    if (storage !== "json") throw unfit(storage, type, what);
    return { sql: dialect.asText(column), read: (text, name) => readDocument(text, type, name) };
  }
  if (type.type === "Set") {
    if (storage !== "array" || dialect.arrayAsJson === undefined) throw unfit(storage, type, what);
    return { sql: dialect.arrayAsJson(column), read: (text, name) => readDocument(text, type, name) };
  }
  const read = scalarReader(type, storage);
  if (read === undefined) throw unfit(storage, type, what);
  return { sql: dialect.asText(column), read };
}

/** A set whose elements were collected into a JSON list of texts. */
export function elementsReader(
  element: SchemaType,
  as: ColumnStorage | undefined,
  dialect: Dialect,
): ReadText {
  const storage = as ?? defaultStorage(element, dialect);
  const read = scalarReader(element, storage);
  if (read === undefined) throw unfit(storage, element, "an element");
  return (text, what) => {
    const texts = parseCell(text, what) as readonly string[];
    return CedarSet.of(texts.map((each): Value => read(each, what)));
  };
}

/** @throws DataMismatch */
export function parseCell(text: string, what: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw expected("readable JSON", what);
    throw error;
  }
}

function readDocument(text: string, type: SchemaType, what: string): Value {
  const value = readJson(parseCell(text, what), type, what);
  // JSON's null is in a column that isn't NULL.
  if (value === undefined) throw new DataMismatch(`${what} is a JSON null`);
  return value;
}

function defaultStorage(type: SchemaType, { defaults }: Dialect): ColumnStorage {
  if (type.type === "Set") return defaults.Set;
  if (type.type === "Record") return "json";
  if (type.type !== "Extension") return "text";
  return type.name === "duration" ? "milliseconds" : defaults[type.name];
}

function unfit(as: ColumnStorage, type: SchemaType, what: string): UnfitMapping {
  return new UnfitMapping(`${what} is a ${typeText(type)}, which isn't stored as \`${as}\` in this database`);
}
