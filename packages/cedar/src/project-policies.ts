import type { PolicyJson } from "@cordon/engine";
import { type Diagnostic, diagnosticsFrom } from "./diagnostics.js";
import type { PolicyCache } from "./policy-cache.js";
import { type PolicyText, splitPolicies } from "./policy-text.js";
import { TextPositions } from "./positions.js";

/** A policy or template of a project that parsed. */
export interface ProjectPolicy {
  id: string;
  json: PolicyJson;
  isTemplate: boolean;
  file: string;
  positions: TextPositions;
  written: PolicyText;
}

/** The policies of all files, in order of the files given and of the text; what is wrong with others is reported. */
export function readPolicies(
  files: readonly { path: string; text: string }[],
  cache: PolicyCache,
  diagnostics: Diagnostic[],
): ProjectPolicy[] {
  const policies = files.flatMap(({ path, text }) => readFile(path, text, cache, diagnostics));
  const firstById = new Map<string, ProjectPolicy>();
  for (const policy of policies) {
    const first = firstById.get(policy.id);
    if (first) diagnostics.push(duplicateId(policy, first));
    else firstById.set(policy.id, policy);
  }
  return [...firstById.values()];
}

function readFile(
  file: string,
  text: string,
  cache: PolicyCache,
  diagnostics: Diagnostic[],
): ProjectPolicy[] {
  const positions = new TextPositions(text);
  return splitPolicies(text).flatMap((written, ordinal) => {
    const defaultId = `${idPrefix(file)}#${ordinal}`;
    const parsed = cache.parse(written);
    if (!parsed.ok) {
      const origin = { offset: written.offset, positions: new TextPositions(written.text) };
      const place = { file, positions, origin };
      diagnostics.push(...parsed.errors.flatMap((error) => diagnosticsFrom(error, "policy_syntax", place)));
      return [];
    }
    const { json, isTemplate } = parsed;
    const named = json.annotations?.id;
    const policy = { id: named || defaultId, json, isTemplate, file, positions, written };
    // `@id` without a value comes as null.
    if (named === "" || named === null) diagnostics.push(emptyId(policy));
    return [policy];
  });
}

/** The file's path without `policies/` before it and `.cedar` after it. */
function idPrefix(file: string): string {
  return file.replace(/^policies\//, "").replace(/\.cedar$/, "");
}

function emptyId(policy: ProjectPolicy): Diagnostic {
  return {
    code: "policy_id_empty",
    severity: "error",
    message: "a policy's id is empty",
    policyId: policy.id,
    help: `name it, or leave \`@id\` out and the policy is called \`${policy.id}\``,
    ...idPlace(policy),
  };
}

function duplicateId(policy: ProjectPolicy, first: ProjectPolicy): Diagnostic {
  const { line, column } = idPlace(first).range.start;
  return {
    code: "policy_id_duplicate",
    severity: "error",
    message: `two policies have the id \`${policy.id}\``,
    help: `the other one is at ${first.file}:${line}:${column}`,
    policyId: policy.id,
    ...idPlace(policy),
  };
}

function idPlace({ file, positions, written }: ProjectPolicy): Required<Pick<Diagnostic, "file" | "range">> {
  const { start, end } = written.idAnnotation ?? { start: 0, end: written.text.length };
  return { file, range: positions.range(written.offset + start, written.offset + end) };
}
