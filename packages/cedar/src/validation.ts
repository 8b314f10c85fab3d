import type { DetailedError, Schema, ValidationAnswer } from "@cedar-policy/cedar-wasm/nodejs";
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

/** Below this many, a second call for what has findings costs more than the first one saves. */
const FEWEST_IN_SLICES = 16;
/**
 * A call takes time for the actions of the schema to be read, and for each policy to be typed for each action of the
 * call: with about `sqrt(policies / 15)` calls the two are even, whatever the number of actions.
 */
const POLICIES_FOR_A_CALL = 15;

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
  const suspects = rememberFlawless([...unknown.values()], cache);
  if (suspects.length > 0) validateInParts(schemaText, suspects, cache);
  return validated.flatMap((one) => diagnose(one, cache.findings(one.key)));
}

function linkKey({ link, template }: ProjectLink): string {
  return JSON.stringify([template.written.text, link.values]);
}

/**
 * Validates policies against the actions that their scopes name, and remembers those in which nothing is found. The
 * others are returned: what is wrong with them is said of the whole schema, with what it suggests.
 */
function rememberFlawless(validated: readonly Validated[], cache: PolicyCache): readonly Validated[] {
  const slices = cache.slices();
  if (slices === null || validated.length < FEWEST_IN_SLICES) return validated;
  const suspects: Validated[] = [];
  const ofActions: { one: Validated; actions: readonly string[]; key: string }[] = [];
  for (const one of validated) {
    const actions = slices.actionsOf(one.policy.json.action);
    if (actions === null) suspects.push(one);
    else ofActions.push({ one, actions, key: actions.join("\n") });
  }
  ofActions.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const size = Math.ceil(Math.sqrt(ofActions.length * POLICIES_FOR_A_CALL));
  for (let at = 0; at < ofActions.length; at += size) {
    const part = ofActions.slice(at, at + size);
    const schema = slices.only(new Set(part.flatMap(({ actions }) => actions)));
    const policies = part.map(({ one }) => one);
    const findings = findingsIn(schema, policies);
    for (const [index, one] of policies.entries()) {
      const found = findings?.[index];
      if (found?.errors.length === 0 && found.warnings.length === 0) cache.remember(one.key, found);
      else suspects.push(one);
    }
  }
  return suspects;
}

/** Null where the front end couldn't answer about all of them. */
function findingsIn(schema: Schema, validated: readonly Validated[]): ValidationFindings[] | null {
  try {
    return validate(schema, validated);
  } catch (error) {
    if (error instanceof CedarError) return null;
    throw error;
  }
}

/** All at once; but a policy that overflows the front end is found by halving, and condemns no other. */
function validateInParts(schemaText: string, validated: readonly Validated[], cache: PolicyCache): void {
  try {
    const findings = validate(schemaText, validated);
    for (const [index, { key }] of validated.entries())
      cache.remember(key, findings[index] ?? { errors: [], warnings: [] });
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
function validate(schema: Schema, validated: readonly Validated[]): ValidationFindings[] {
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
  const answer = cedar().validate({ schema, policies: { staticPolicies, templates, templateLinks } });
  const accepted = requireSuccess(answer);
  for (const { policyId, error } of accepted.validationErrors) findings[Number(policyId)]?.errors.push(error);
  for (const { policyId, error } of accepted.validationWarnings)
    findings[Number(policyId)]?.warnings.push(error);
  return findings;
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
