import type { CheckParseAnswer, DetailedError, Schema, SchemaJson } from "@cedar-policy/cedar-wasm/nodejs";
import type { ResolvedSchema } from "@cordon/engine";
import { type Diagnostic, diagnosticsFrom, overflowError } from "./diagnostics.js";
import { CedarError } from "./failures.js";
import { TextPositions } from "./positions.js";
import { resolveSchema } from "./schema-resolution.js";
import { undeclaredNames } from "./undeclared-names.js";
import { cedar } from "./wasm.js";

export type SchemaResult =
  | { ok: true; schema: ResolvedSchema; warnings: Diagnostic[] }
  | { ok: false; diagnostics: Diagnostic[] };

/** A schema as it was parsed, and in Cedar's JSON schema format where it is accepted. */
export interface ReadSchema {
  readonly result: SchemaResult;
  readonly json: SchemaJson<string> | null;
}

/**
 * Parses and resolves a schema in Cedar's schema syntax.
 *
 * @param path what diagnostics name as the file
 */
export function parseSchema(text: string, path: string): SchemaResult {
  return readSchema(text, path).result;
}

export function readSchema(text: string, path: string): ReadSchema {
  const refused = (diagnostics: Diagnostic[]): ReadSchema => ({
    result: { ok: false, diagnostics },
    json: null,
  });
  const place = { file: path, positions: new TextPositions(text) };
  const diagnose = (errors: DetailedError[] | undefined, code: string): Diagnostic[] =>
    (errors ?? []).flatMap((error) => diagnosticsFrom(error, code, place));
  // Only the check knows where an undeclared name stands; turning a schema into JSON loses it.
  const checked = check(text);
  if (checked.type === "failure") {
    const isSyntax = checked.errors.some(({ message }) => message.includes("error parsing schema"));
    const diagnostics = diagnose(checked.errors, isSyntax ? "schema_syntax" : "schema_invalid");
    return refused(diagnostics.flatMap((error) => undeclaredNames(error, text, place.positions)));
  }
  const parsed = cedar().schemaToJson(text);
  if (parsed.type === "failure") return refused(diagnose(parsed.errors, "schema_invalid"));
  const warnings = diagnose(parsed.warnings, "schema_doubtful");
  return { result: { ok: true, schema: resolveSchema(parsed.json), warnings }, json: parsed.json };
}

function check(text: string): CheckParseAnswer {
  try {
    return cedar().checkParseSchema(text);
  } catch (error) {
    return { type: "failure", errors: [overflowError(error, text)] };
  }
}

/** The schema of an authorization call, in either format, resolved; only for schemas that Cedar accepted. */
export function resolveAcceptedSchema(schema: Schema): ResolvedSchema {
  if (typeof schema !== "string") return resolveSchema(schema);
  const parsed = cedar().schemaToJson(schema);
  if (parsed.type === "success") return resolveSchema(parsed.json);
  throw new CedarError("front_end_disagrees", "a schema that Cedar accepted can't be turned into JSON");
}
