import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { fieldSchemas } from "./authzen-field-schemas.js";
import { planSchemas } from "./authzen-plan-schemas.js";
import { authzenSchemas } from "./authzen-schemas.js";
import { searchSchemas } from "./authzen-search-schemas.js";
import { decisionSchemas } from "./decision-schemas.js";
import { explanationSchemas } from "./explanation-schemas.js";
import { array, integer, nullable, object, oneOfText, open, ref, text } from "./schema.js";

export { ref };

/** Every schema that the OpenAPI document names, by its name there. */
export const SCHEMAS: Readonly<Record<string, JsonObject>> = {
  ...authzenSchemas,
  ...searchSchemas,
  ...decisionSchemas,
  ...explanationSchemas,
  ...planSchemas,
  ...fieldSchemas,
  Problem: object(
    {
      type: text("A reference that identifies the kind of problem: its entry in `/docs`"),
      title: text("The kind of problem, in words"),
      status: integer("The HTTP status"),
      detail: text("What is wrong with this request"),
      code: text("The kind of problem, or a finer code, for programs"),
      pointer: text("RFC 6901 pointer into the body to the member that is wrong; empty: the body as a whole"),
      parameter: text("The query or path parameter that is wrong"),
      header: text("The header that is wrong"),
      line: integer("Line of the body, from 1"),
      column: integer("Column of that line, from 1, in UTF-16 units"),
      help: text("What to do about it"),
      request_id: text("The `X-Request-ID` of this request"),
    },
    ["type", "title", "status", "detail", "code", "request_id"],
    "An RFC 9457 problem",
  ),
  ScimResource: open("A resource, list or error of SCIM 2.0 (RFC 7643, RFC 7644)"),
  ScimPatch: object({ Operations: array(open("An operation")) }, ["Operations"], "RFC 7644, section 3.5.2"),
  Health: object({ status: oneOfText(["ok"]) }, ["status"]),
  Ready: object(
    {
      status: oneOfText(["ok", "stale", "stopping", "log_unavailable"]),
      bundle: text("Id of the bundle that answers"),
      loaded_at: text("When it was loaded, RFC 3339"),
      entities: integer("Entities in the files of the project"),
      diagnostics: array(ref("Diagnostic")),
      last_reload_error: object({ at: text("RFC 3339"), message: text() }, ["at", "message"]),
      log: object(
        {
          mode: oneOfText(["durable", "buffered"]),
          queued: integer("Decisions accepted and not yet on disk"),
          written: integer("Decisions put on disk"),
          healthy: { type: "boolean" },
          last_error: nullable({ type: "string" }),
        },
        ["mode", "queued", "written", "healthy", "last_error"],
      ),
      sources: array(ref("SourceHealth"), "Where the project has any"),
    },
    ["status"],
    "Beyond `status` only for callers who may know",
  ),
  SourceChange: object(
    {
      type: text("The entity type whose entities changed; without it, any"),
      id: text("The one that changed; without it, all of the type"),
    },
    [],
    "What changed behind a source",
  ),
  Invalidated: object({ source: text("Its name") }, ["source"]),
  SourceFailure: object({ at: text("RFC 3339"), code: text(), message: text() }, ["at", "code", "message"]),
  SourceHealth: object(
    {
      name: text("As `cordon.yaml` has it"),
      kind: text(),
      state: oneOfText(["unknown", "ok", "failing", "suspended"]),
      last_success: nullable({ type: "string", description: "RFC 3339" }),
      last_failure: nullable(ref("SourceFailure")),
      last_ms: nullable({ type: "number", description: "Milliseconds that the last question took" }),
    },
    ["name", "kind", "state", "last_success", "last_failure", "last_ms"],
    "How a source is doing",
  ),
  Diagnostic: object(
    {
      code: text(),
      severity: oneOfText(["error", "warning"]),
      message: text(),
      file: text("Path inside the project"),
      line: integer("From 1"),
      column: integer("From 1, in UTF-16 units"),
    },
    ["code", "severity", "message", "file"],
  ),
  Bundle: object(
    {
      formatVersion: { const: 1 },
      id: text("SHA-256 of the canonical JSON of all the rest, 64 hexadecimal digits"),
      policies: open("The policies in Cedar's JSON policy format"),
      sources: open("Per policy id the file, position and text it was written at"),
      schema: nullable(open("The schema, resolved")),
      settings: open("The settings that decisions depend on"),
    },
    ["formatVersion", "id", "policies", "sources", "schema", "settings"],
    "A policy project, parsed, validated and hashed",
  ),
} satisfies Record<string, JsonValue>;
