import type { FormattingAnswer } from "@cedar-policy/cedar-wasm/nodejs";
import { type Diagnostic, diagnosticsFrom, overflowError, sortDiagnostics } from "./diagnostics.js";
import { PolicyCache } from "./policy-cache.js";
import { TextPositions } from "./positions.js";
import { readPolicies } from "./project-policies.js";
import { cedar } from "./wasm.js";

export type FormatResult = { ok: true; text: string } | { ok: false; diagnostics: Diagnostic[] };

/**
 * Formats policies as the official formatter does, comments kept. A text with faults is left alone and all of
 * its faults are returned.
 *
 * @param path what diagnostics name as the file
 */
export function formatPolicies(text: string, path = "policies.cedar"): FormatResult {
  const answer = format(text);
  if (answer.type === "success") return { ok: true, text: answer.formatted_policy };
  const diagnostics: Diagnostic[] = [];
  readPolicies([{ path, text }], new PolicyCache(), diagnostics);
  // The splitter finds every fault; what only the whole file shows comes from the formatter itself.
  const place = { file: path, positions: new TextPositions(text) };
  if (!diagnostics.some(({ code }) => code === "policy_syntax")) {
    diagnostics.push(...answer.errors.flatMap((error) => diagnosticsFrom(error, "policy_syntax", place)));
  }
  return { ok: false, diagnostics: sortDiagnostics(diagnostics) };
}

function format(text: string): FormattingAnswer {
  try {
    return cedar().formatPolicies({ policyText: text });
  } catch (error) {
    return { type: "failure", errors: [overflowError(error, text)] };
  }
}
