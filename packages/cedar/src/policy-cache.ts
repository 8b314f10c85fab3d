import type { DetailedError } from "@cedar-policy/cedar-wasm/nodejs";
import { compile, EngineError, type PolicyJson, type PolicySetJson } from "@cordon/engine";
import { errorAboutAll, overflowError } from "./diagnostics.js";
import type { PolicyText } from "./policy-text.js";
import { type ReadSchema, readSchema, type SchemaResult } from "./schema.js";
import { SchemaSlices } from "./schema-slices.js";
import { cedar } from "./wasm.js";

export type ParsedPolicy =
  | { ok: true; json: PolicyJson; isTemplate: boolean }
  | { ok: false; errors: DetailedError[] };

/** What strict validation found in one policy, without the policy's id in it. */
export interface ValidationFindings {
  errors: DetailedError[];
  warnings: DetailedError[];
}

/** A schema's text, and what Cedar said of it. */
export interface KnownSchema extends ReadSchema {
  readonly path: string;
  readonly text: string;
}

/**
 * What Cedar said of each policy text, kept from one build to the next: a policy costs 0.2 ms to parse and more
 * to validate, so that a reload of 10,000 unchanged policies would take seconds. Entries that a build didn't
 * use are dropped when it ends, so the cache is never larger than the project. One cache serves one project.
 */
export class PolicyCache {
  #parsed = new Map<string, ParsedPolicy>();
  #findings = new Map<string, ValidationFindings>();
  #usedParsed = new Map<string, ParsedPolicy>();
  #usedFindings = new Map<string, ValidationFindings>();
  #schema: KnownSchema | undefined;
  #slices: SchemaSlices | null | undefined;

  parse(policy: PolicyText): ParsedPolicy {
    const parsed = this.#usedParsed.get(policy.text) ?? this.#parsed.get(policy.text) ?? parsePolicy(policy);
    this.#usedParsed.set(policy.text, parsed);
    return parsed;
  }

  /** As `parse` of each, but quicker. */
  parseAll(policies: readonly PolicyText[]): ParsedPolicy[] {
    const read = policies.map((policy) => readPolicy(policy));
    const isRefused =
      engineRefusal(
        read.filter((parsed) => parsed.ok),
        "",
      ) !== null;
    return policies.map((policy, index) => {
      const parsed = isRefused ? undefined : read[index];
      if (parsed === undefined) return this.parse(policy);
      this.#usedParsed.set(policy.text, parsed);
      return parsed;
    });
  }

  knows(text: string): boolean {
    return this.#usedParsed.has(text) || this.#parsed.has(text);
  }

  /** Takes over what was found elsewhere, with the schema that `schema` was last asked for. */
  adopt(text: string, parsed: ParsedPolicy, findings: ValidationFindings | undefined): void {
    this.#usedParsed.set(text, parsed);
    if (findings !== undefined) this.#usedFindings.set(text, findings);
  }

  /** The project's schema, parsed. Findings hold for one schema: another one forgets them all. */
  schema(path: string, text: string): SchemaResult {
    if (this.#schema?.text === text && this.#schema.path === path) return this.#schema.result;
    return this.adoptSchema({ path, text, ...readSchema(text, path) }).result;
  }

  /** Takes over a schema that was parsed elsewhere. */
  adoptSchema(schema: KnownSchema): KnownSchema {
    if (this.#schema?.text === schema.text && this.#schema.path === schema.path) return this.#schema;
    if (this.#schema?.text !== schema.text) {
      this.#findings.clear();
      this.#usedFindings.clear();
    }
    this.#schema = schema;
    this.#slices = undefined;
    return schema;
  }

  /** The schema that was last asked for; undefined while none was. */
  get knownSchema(): KnownSchema | undefined {
    return this.#schema;
  }

  /** Parts of the schema that was last asked for; null where it isn't accepted. */
  slices(): SchemaSlices | null {
    if (this.#slices === undefined) {
      const { result, json } = this.#schema ?? {};
      this.#slices = result?.ok && json ? new SchemaSlices(json, result.schema) : null;
    }
    return this.#slices;
  }

  findings(key: string): ValidationFindings | undefined {
    const findings = this.#usedFindings.get(key) ?? this.#findings.get(key);
    if (findings) this.#usedFindings.set(key, findings);
    return findings;
  }

  remember(key: string, findings: ValidationFindings): void {
    this.#usedFindings.set(key, findings);
  }

  /** Ends a build: forgets what it didn't use. */
  sweep(): void {
    this.#parsed = this.#usedParsed;
    this.#findings = this.#usedFindings;
    this.#usedParsed = new Map();
    this.#usedFindings = new Map();
  }
}

function parsePolicy(policy: PolicyText): ParsedPolicy {
  const parsed = readPolicy(policy);
  const refusal = parsed.ok ? engineRefusal([parsed], policy.text) : null;
  return refusal === null ? parsed : { ok: false, errors: [refusal] };
}

function readPolicy({ text, isTemplate }: PolicyText): ParsedPolicy {
  try {
    const answer = isTemplate ? cedar().templateToJson(text) : cedar().policyToJson(text);
    if (answer.type === "failure") return { ok: false, errors: answer.errors };
    // The official types and ours describe the same format; ours admits bigints, which the boundary produces.
    return { ok: true, json: answer.json as PolicyJson, isTemplate };
  } catch (error) {
    return { ok: false, errors: [overflowError(error, text)] };
  }
}

/** Our engine limits how deep expressions nest, to have stack left wherever it is called from. */
function engineRefusal(
  policies: readonly { json: PolicyJson; isTemplate: boolean }[],
  text: string,
): DetailedError | null {
  const set: PolicySetJson = { staticPolicies: {}, templates: {}, templateLinks: [] };
  for (const [index, { json, isTemplate }] of policies.entries()) {
    (isTemplate ? set.templates : set.staticPolicies)[`${index}`] = json;
  }
  try {
    compile(set);
    return null;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return errorAboutAll(text, error.message, error.help);
  }
}
