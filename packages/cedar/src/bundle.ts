import { createHash } from "node:crypto";
import type { Bundle, PolicySetJson, PolicySource } from "@cordon/engine";
import { canonicalJson, type JsonValue } from "@cordon/engine/json";
import { type Diagnostic, sortDiagnostics } from "./diagnostics.js";
import { PolicyCache } from "./policy-cache.js";
import { type ProjectPolicy, readPolicies } from "./project-policies.js";
import { readLinks } from "./template-links.js";
import { validateProject } from "./validation.js";

/** A policy project as text. Paths are relative to the project, with `/` between folders. */
export interface ProjectText {
  policies: { path: string; text: string }[];
  schema?: { path: string; text: string };
  /** The parsed `cordon.yaml`; of it, only `links` is read here, the rest is carried in the bundle. */
  settings: Record<string, JsonValue>;
}

export type BuildResult =
  | { ok: true; bundle: Bundle; warnings: Diagnostic[] }
  | { ok: false; diagnostics: Diagnostic[] };

/**
 * Parses, checks and hashes a project. Everything that is wrong with it is reported at once: every policy that
 * doesn't parse, and, where a schema exists, everything strict validation finds in those that do. Without a
 * schema there is nothing to validate against, and mistakes show only when they are evaluated.
 *
 * @param cache makes a later build of the same project parse and validate only what changed
 */
export function buildBundle(project: ProjectText, cache: PolicyCache = new PolicyCache()): BuildResult {
  const diagnostics: Diagnostic[] = [];
  const policies = readPolicies(project.policies, cache, diagnostics);
  const links = readLinks(project.settings.links, policies, diagnostics);
  const schema = project.schema ? cache.schema(project.schema.path, project.schema.text) : null;
  if (schema) diagnostics.push(...(schema.ok ? schema.warnings : schema.diagnostics));
  if (project.schema && schema?.ok) {
    diagnostics.push(...validateProject(project.schema.text, policies, links, cache));
  }
  cache.sweep();
  sortDiagnostics(diagnostics);
  if (diagnostics.some(({ severity }) => severity === "error")) return { ok: false, diagnostics };
  const policySet = policySetOf(policies);
  policySet.templateLinks = links.map(({ link }) => link);
  const sources = sourcesOf(policies);
  const content = {
    formatVersion: 1 as const,
    policies: policySet,
    sources,
    schema: schema?.ok ? schema.schema : null,
    settings: project.settings,
  };
  return { ok: true, bundle: { ...content, id: bundleId(content) }, warnings: diagnostics };
}

/** SHA-256 of the canonical JSON of all of a bundle except its id, as 64 hexadecimal digits. */
export function bundleId(content: Omit<Bundle, "id">): string {
  return createHash("sha256")
    .update(canonicalJson(content as unknown as JsonValue))
    .digest("hex");
}

function policySetOf(policies: readonly ProjectPolicy[]): PolicySetJson {
  // Without a prototype: `__proto__` is a policy id like any other.
  const set: PolicySetJson = {
    staticPolicies: Object.create(null),
    templates: Object.create(null),
    templateLinks: [],
  };
  for (const { id, json, isTemplate } of policies) {
    (isTemplate ? set.templates : set.staticPolicies)[id] = json;
  }
  return set;
}

function sourcesOf(policies: readonly ProjectPolicy[]): Record<string, PolicySource> {
  const sources: Record<string, PolicySource> = Object.create(null);
  for (const { id, file, positions, written } of policies) {
    const { line, column } = positions.at(written.offset);
    const clauses = written.clauses.map((clause) => {
      const start = positions.at(written.offset + clause.start);
      return { ...clause, line: start.line, column: start.column };
    });
    sources[id] = { file, text: written.text, line, column, clauses };
  }
  return sources;
}
