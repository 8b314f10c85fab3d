import type { DetailedError } from "@cedar-policy/cedar-wasm/nodejs";
import { CedarError } from "./failures.js";
import type { Range, TextPositions } from "./positions.js";

/** One thing that is wrong, or doubtful, with a project: where, what, and what to do about it. */
export interface Diagnostic {
  /** Stable; see the tables of this module and of `bundle.ts`. */
  code: string;
  /** What is merely worth knowing is an `info`: it never fails a check. */
  severity: "error" | "warning" | "info";
  message: string;
  help?: string;
  file: string;
  range?: Range;
  policyId?: string;
  /** A JSON pointer into the project's settings, where the fault is in them. */
  settingsPath?: string;
}

/** Cedar's own errors carry no codes; these name the kinds that people look up or that tools filter by. */
const CODES: [RegExp, string][] = [
  [/^unrecognized entity type/, "unknown_entity_type"],
  [/^unrecognized action/, "unknown_action"],
  [/^attribute .* not found/, "unknown_attribute"],
  [/^undefined extension function/, "unknown_function"],
  [/^(unable to guarantee safety of access|attribute .* optional)/, "optional_attribute"],
  [/^(unable to guarantee safety of access to tag|tag)/, "unguarded_tag"],
  [/^unexpected type/, "type_mismatch"],
  [/^the types .* are not compatible/, "type_mismatch"],
  [/^(unable to find an applicable action|policy is impossible)/, "impossible_policy"],
  [/^error during extension function argument validation/, "invalid_literal"],
  [/nests (too deeply|deeper)/, "too_deep"],
  [/^(identifier|string) .*(confusable|mixed script|bidi)/i, "suspicious_text"],
];

/** What Cedar puts before a message to say what it was doing; the file and the code say it already. */
const PREFIXES = [
  /^failed to parse (?:policy|policies|template|schema)(?: with id `.*?`)? from string: /,
  /^error parsing schema: /,
  /^cannot parse input policies: /,
  /^for policy `.*?`, /s,
];

export interface DiagnosticPlace {
  file: string;
  positions: TextPositions;
  /** Where the text that Cedar saw starts in the file, in UTF-16 units, and that text's own places. */
  origin?: { offset: number; positions: TextPositions };
  policyId?: string;
}

/** An error of Cedar's with all that it nests, each as a diagnostic of its own. */
export function diagnosticsFrom(error: DetailedError, code: string, place: DiagnosticPlace): Diagnostic[] {
  const message = stripPrefixes(error.message);
  const help = error.help ?? error.sourceLocations?.find(({ label }) => label)?.label ?? null;
  const range = rangeOf(error, place);
  const diagnostic: Diagnostic = {
    code: CODES.find(([pattern]) => pattern.test(message))?.[1] ?? code,
    severity: error.severity === "warning" || error.severity === "advice" ? "warning" : "error",
    message,
    file: place.file,
    ...(help === null ? {} : { help: stripPrefixes(help) }),
    ...(range === null ? {} : { range }),
    ...(place.policyId === undefined ? {} : { policyId: place.policyId }),
  };
  return [diagnostic, ...(error.related ?? []).flatMap((related) => diagnosticsFrom(related, code, place))];
}

/** What the front end threw for a text that it can't take at all, as an error about that text; else it is rethrown. */
export function overflowError(error: unknown, text: string): DetailedError {
  if (!(error instanceof CedarError) || error.code !== "front_end_overflow") throw error;
  return errorAboutAll(text, error.message, error.help);
}

export function errorAboutAll(text: string, message: string, help: string | null): DetailedError {
  const everywhere = { label: null, start: 0, end: Buffer.byteLength(text) };
  return { message, help, code: null, url: null, severity: null, sourceLocations: [everywhere] };
}

function stripPrefixes(message: string): string {
  return PREFIXES.reduce((text, prefix) => text.replace(prefix, ""), message);
}

function rangeOf(error: DetailedError, place: DiagnosticPlace): Range | null {
  const location = error.sourceLocations?.[0];
  if (!location) return null;
  const { offset, positions } = place.origin ?? { offset: 0, positions: place.positions };
  return place.positions.range(
    offset + positions.fromByteOffset(location.start),
    offset + positions.fromByteOffset(location.end),
  );
}

const ORDER: Record<Diagnostic["severity"], number> = { error: 0, warning: 1, info: 2 };

/** Errors before warnings, then by place: the order in which people mend them. */
export function sortDiagnostics(diagnostics: Diagnostic[]): Diagnostic[] {
  return diagnostics.sort(
    (a, b) =>
      ORDER[a.severity] - ORDER[b.severity] ||
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
      (a.range?.start.offset ?? -1) - (b.range?.start.offset ?? -1),
  );
}
