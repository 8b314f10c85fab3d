import type { DetailedError, Schema } from "@cedar-policy/cedar-wasm/nodejs";
import type { ResolvedSchema } from "@cordon/engine";
import { type Diagnostic, diagnosticsFrom } from "./diagnostics.js";
import { CedarError } from "./failures.js";
import { TextPositions } from "./positions.js";
import { resolveSchema } from "./schema-resolution.js";
import { cedar } from "./wasm.js";

export type SchemaResult =
  | { ok: true; schema: ResolvedSchema; warnings: Diagnostic[] }
  | { ok: false; diagnostics: Diagnostic[] };

/**
 * Parses and resolves a schema in Cedar's schema syntax.
 *
 * @param path what diagnostics name as the file
 */
export function parseSchema(text: string, path: string): SchemaResult {
  const place = { file: path, positions: new TextPositions(text) };
  const diagnose = (errors: DetailedError[] | undefined, code: string): Diagnostic[] =>
    (errors ?? []).flatMap((error) => diagnosticsFrom(error, code, place));
  const parsed = cedar().schemaToJson(text);
  if (parsed.type === "failure") return { ok: false, diagnostics: diagnose(parsed.errors, "schema_syntax") };
  // Parsing alone accepts undeclared names and cycles of types.
  const checked = cedar().checkParseSchema(text);
  if (checked.type === "failure")
    return { ok: false, diagnostics: diagnose(checked.errors, "schema_invalid") };
  const warnings = diagnose(parsed.warnings, "schema_doubtful");
  return { ok: true, schema: resolveSchema(parsed.json), warnings };
}

/** The schema of an authorization call, in either format, resolved; only for schemas that Cedar accepted. */
export function resolveAcceptedSchema(schema: Schema): ResolvedSchema {
  if (typeof schema !== "string") return resolveSchema(schema);
  const parsed = cedar().schemaToJson(schema);
  if (parsed.type === "success") return resolveSchema(parsed.json);
  throw new CedarError("front_end_disagrees", "a schema that Cedar accepted can't be turned into JSON");
}
