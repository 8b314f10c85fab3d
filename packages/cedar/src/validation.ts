import type { DetailedError, ValidationAnswer } from "@cedar-policy/cedar-wasm/nodejs";
import { type Diagnostic, diagnosticsFrom, overflowError } from "./diagnostics.js";
import { CedarError } from "./failures.js";
import type { PolicyCache, ValidationFindings } from "./policy-cache.js";
import { TextPositions } from "./positions.js";
import type { ProjectPolicy } from "./project-policies.js";
import { type ProjectLink, SETTINGS_FILE } from "./template-links.js";
import { cedar } from "./wasm.js";

/** One policy, template or link to be validated. Policies with one key have the same findings. */
interface Validated {
  key: string;
  id: string;
  policy: ProjectPolicy;
  link?: ProjectLink;
}

/**
 * Strict validation of everything that the cache doesn't know. Policies go in as text, since findings about the
 * JSON format have no positions. A policy's findings depend on nothing but its text and the schema.
 */
export function validateProject(
  schemaText: string,
  policies: readonly ProjectPolicy[],
  links: readonly ProjectLink[],
  cache: PolicyCache,
): Diagnostic[] {
  const validated: Validated[] = [
    ...policies.map((policy) => ({ key: policy.written.text, id: policy.id, policy })),
    ...links.map((link) => ({ key: linkKey(link), id: link.link.newId, policy: link.template, link })),
  ];
  const unknown = new Map<string, Validated>();
  for (const one of validated) if (!cache.findings(one.key)) unknown.set(one.key, one);
  if (unknown.size > 0) validateInParts(schemaText, [...unknown.values()], cache);
  return validated.flatMap((one) => diagnose(one, cache.findings(one.key)));
}

function linkKey({ link, template }: ProjectLink): string {
  return JSON.stringify([template.written.text, link.values]);
}

/** All at once; but a policy that overflows the front end is found by halving, and condemns no other. */
function validateInParts(schemaText: string, validated: readonly Validated[], cache: PolicyCache): void {
  try {
    validateUnknown(schemaText, validated, cache);
  } catch (error) {
    const [only, ...others] = validated;
    const overflow = overflowError(error, only?.policy.written.text ?? "");
    if (only && others.length === 0) {
      cache.remember(only.key, { errors: [overflow], warnings: [] });
      return;
    }
    const middle = validated.length >> 1;
    validateInParts(schemaText, validated.slice(0, middle), cache);
    validateInParts(schemaText, validated.slice(middle), cache);
  }
}

/** They are numbered for the call, so that ids of a project can't collide with those of their templates. */
function validateUnknown(schemaText: string, validated: readonly Validated[], cache: PolicyCache): void {
  const findings = validated.map((): ValidationFindings => ({ errors: [], warnings: [] }));
  const staticPolicies: Record<string, string> = {};
  const templates: Record<string, string> = {};
  const templateLinks: {
    templateId: string;
    newId: string;
    values: Record<string, { type: string; id: string }>;
  }[] = [];
  for (const [index, { policy, link }] of validated.entries()) {
    const { text } = policy.written;
    if (link) {
      templates[`template of ${index}`] = text;
      const values = link.link.values as Record<string, { type: string; id: string }>;
      templateLinks.push({ templateId: `template of ${index}`, newId: `${index}`, values });
    } else if (policy.isTemplate) templates[`${index}`] = text;
    else staticPolicies[`${index}`] = text;
  }
  const answer = cedar().validate({
    schema: schemaText,
    policies: { staticPolicies, templates, templateLinks },
  });
  const accepted = requireSuccess(answer);
  for (const { policyId, error } of accepted.validationErrors) findings[Number(policyId)]?.errors.push(error);
  for (const { policyId, error } of accepted.validationWarnings)
    findings[Number(policyId)]?.warnings.push(error);
  for (const [index, { key }] of validated.entries())
    cache.remember(key, findings[index] ?? { errors: [], warnings: [] });
}

function requireSuccess(answer: ValidationAnswer): Extract<ValidationAnswer, { type: "success" }> {
  if (answer.type === "success") return answer;
  const reasons = answer.errors.map(({ message }: DetailedError) => message).join("; ");
  throw new CedarError("front_end_disagrees", `policies that parsed can't be validated: ${reasons}`);
}

function diagnose({ id, policy, link }: Validated, findings: ValidationFindings | undefined): Diagnostic[] {
  const all = [...(findings?.errors ?? []), ...(findings?.warnings ?? [])];
  if (link) {
    // What is wrong with a link's template is reported for the template; a link adds only what its values cause.
    const place = { file: SETTINGS_FILE, positions: new TextPositions(""), policyId: id };
    return all
      .filter(({ sourceLocations }) => (sourceLocations ?? []).length === 0)
      .flatMap((error) => diagnosticsFrom(error, "validation", place))
      .map((diagnostic) => ({ ...diagnostic, settingsPath: link.settingsPath }));
  }
  if (all.length === 0) return [];
  const { file, positions, written } = policy;
  const origin = { offset: written.offset, positions: new TextPositions(written.text) };
  return all.flatMap((error) =>
    diagnosticsFrom(error, "validation", { file, positions, origin, policyId: id }),
  );
}
