import type { Diagnostic } from "./diagnostics.js";
import type { PolicyCache } from "./policy-cache.js";
import { readPolicies } from "./project-policies.js";
import { validateProject } from "./validation.js";

/**
 * Parses and validates some files of a project, as `buildBundle` does all of them: for editors, where one file
 * changes at a time. Ids that are taken in other files aren't noticed, nor are links of templates looked at. Nothing
 * is dropped from the cache: a build of the whole project now and then does that.
 *
 * @param schema null for none; one with errors of its own is no schema either
 */
export function checkPolicies(
  files: readonly { path: string; text: string }[],
  schema: { path: string; text: string } | null,
  cache: PolicyCache,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const policies = readPolicies(files, cache, diagnostics);
  if (schema === null || !cache.schema(schema.path, schema.text).ok) return diagnostics;
  return [...diagnostics, ...validateProject(schema.text, policies, [], cache)];
}
